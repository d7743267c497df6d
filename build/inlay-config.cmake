# inlay-config.cmake - what find_package(inlay COMPONENTS sqlite postgres) defines:
#
#   inlay::sqlite, inlay::postgres   the library with the client library of that database
#   inlay::inlay                     the library alone; static, so that it has one driver where one
#                                    is used
#   inlay::command                   the compiler of migrations
#   inlay_add_migrations()           see inlay-migrations.cmake

# This is PREFIX/lib/cmake/inlay/, or PREFIX/lib/SYSTEM/cmake/inlay/ as Debian has it.
get_filename_component(_inlay_library "${CMAKE_CURRENT_LIST_DIR}/../.." REALPATH)
get_filename_component(_inlay_prefix "${_inlay_library}" DIRECTORY)
if(NOT EXISTS "${_inlay_prefix}/include/inlay.h")
	get_filename_component(_inlay_prefix "${_inlay_prefix}" DIRECTORY)
endif()

include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)

if(NOT TARGET inlay::inlay)
	set(_inlay_command "${_inlay_prefix}/bin/inlay${CMAKE_HOST_EXECUTABLE_SUFFIX}")
	if(CMAKE_CROSSCOMPILING)
		# What is in the prefix is for the other machine: the command is that of PATH.
		find_program(INLAY_COMMAND inlay REQUIRED
			NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH NO_CMAKE_FIND_ROOT_PATH)
		set(_inlay_command "${INLAY_COMMAND}")
	endif()
	add_executable(inlay::command IMPORTED)
	set_target_properties(inlay::command PROPERTIES IMPORTED_LOCATION "${_inlay_command}")
	add_library(inlay::inlay STATIC IMPORTED)
	set_target_properties(inlay::inlay PROPERTIES
		IMPORTED_LOCATION "${_inlay_library}/libinlay.a"
		INTERFACE_INCLUDE_DIRECTORIES "${_inlay_prefix}/include"
		INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()

if("sqlite" IN_LIST inlay_FIND_COMPONENTS AND NOT TARGET inlay::sqlite)
	find_dependency(SQLite3)
	add_library(inlay::sqlite INTERFACE IMPORTED)
	set_target_properties(inlay::sqlite PROPERTIES
		INTERFACE_LINK_LIBRARIES "inlay::inlay;SQLite::SQLite3")
endif()
if("postgres" IN_LIST inlay_FIND_COMPONENTS AND NOT TARGET inlay::postgres)
	find_dependency(PostgreSQL)
	add_library(inlay::postgres INTERFACE IMPORTED)
	set_target_properties(inlay::postgres PROPERTIES
		INTERFACE_LINK_LIBRARIES "inlay::inlay;PostgreSQL::PostgreSQL")
endif()

foreach(_inlay_component IN LISTS inlay_FIND_COMPONENTS)
	if(TARGET inlay::${_inlay_component})
		set(inlay_${_inlay_component}_FOUND TRUE)
	elseif(inlay_FIND_REQUIRED_${_inlay_component})
		set(inlay_FOUND FALSE)
		set(inlay_NOT_FOUND_MESSAGE
			"inlay has no component ${_inlay_component}; it has sqlite and postgres")
	endif()
endforeach()

include("${CMAKE_CURRENT_LIST_DIR}/inlay-migrations.cmake")

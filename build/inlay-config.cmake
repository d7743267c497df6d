# inlay-config.cmake - what find_package(inlay COMPONENTS sqlite postgres) defines:
#
#   inlay::sqlite, inlay::postgres   the library with the client library of that database
#   inlay::inlay                     the library alone; static, so that it has one driver where one
#                                    is used
#   inlay::command                   the compiler of migrations
#   inlay_add_migrations()           below
get_filename_component(_inlay_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)

if(NOT TARGET inlay::inlay)
	add_executable(inlay::command IMPORTED)
	set_target_properties(inlay::command PROPERTIES
		IMPORTED_LOCATION "${_inlay_prefix}/bin/inlay${CMAKE_HOST_EXECUTABLE_SUFFIX}")
	add_library(inlay::inlay STATIC IMPORTED)
	set_target_properties(inlay::inlay PROPERTIES
		IMPORTED_LOCATION "${_inlay_prefix}/lib/libinlay.a"
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

# inlay_add_migrations(TARGET DIRECTORY DIR [NAME SYMBOL] [OPTIONS OPTION...])
#
# Compiles DIR into TARGET, which then includes "SYMBOL.h" (app_migrations.h unless NAME says
# otherwise).  A new or changed file in DIR compiles it again.  OPTIONS are those of
# `inlay compile`.
function(inlay_add_migrations target)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIRECTORY;NAME" "OPTIONS")
	if(NOT arg_DIRECTORY OR arg_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR
			"inlay_add_migrations(TARGET DIRECTORY DIR [NAME SYMBOL] [OPTIONS OPTION...])")
	endif()
	if(NOT arg_NAME)
		set(arg_NAME app_migrations)
	endif()
	get_filename_component(directory "${arg_DIRECTORY}" ABSOLUTE)
	set(output "${CMAKE_CURRENT_BINARY_DIR}/inlay/${target}")
	set(source "${output}/${arg_NAME}.c")
	set(header "${output}/${arg_NAME}.h")
	file(MAKE_DIRECTORY "${output}")
	# The command leaves a file alone that would not change; here it is up to date all the same.
	add_custom_command(
		OUTPUT "${source}" "${header}"
		COMMAND inlay::command compile --quiet ${arg_OPTIONS} "${directory}" -o "${source}"
			--depfile "${output}/${arg_NAME}.d"
		COMMAND "${CMAKE_COMMAND}" -E touch "${source}" "${header}"
		DEPENDS inlay::command
		DEPFILE "${output}/${arg_NAME}.d"
		COMMENT "Compiling ${arg_DIRECTORY}"
		VERBATIM)
	target_sources(${target} PRIVATE "${source}" "${header}")
	target_include_directories(${target} PRIVATE "${output}")
endfunction()

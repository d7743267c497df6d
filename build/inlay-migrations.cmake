# inlay-migrations.cmake - what both the installed inlay and the one in a tarball give to CMake.
#
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

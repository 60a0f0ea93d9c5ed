# The version is project(VERSION) plus the commit, where git is there; version.cpp changes only when they do.
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE LIFEBOAT_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT LIFEBOAT_COMMIT)
    set(LIFEBOAT_COMMIT "unknown")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/version.h.in)
configure_file(${CMAKE_SOURCE_DIR}/cmake/version.h.in ${CMAKE_BINARY_DIR}/generated/lifeboat_version.h)
include_directories(${CMAKE_BINARY_DIR}/generated)

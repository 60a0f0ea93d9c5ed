# Compiler flags every module gets. Warnings are errors in presets (LIFEBOAT_WERROR), not in a plain build.
option(LIFEBOAT_WERROR "Treat warnings as errors" OFF)
set(LIFEBOAT_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

add_library(lifeboat_flags INTERFACE)
target_compile_options(lifeboat_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Wimplicit-fallthrough -Wformat=2 -Wundef
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
    # GCC 12 sees overlaps in std::string's insert and + that are not there (its bug 105651).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    # Clang blames the caller for what GCC 12's own std::stable_sort does: std::get_temporary_buffer.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
    -fstack-protector-strong
    $<$<BOOL:${LIFEBOAT_WERROR}>:-Werror>)
target_compile_definitions(lifeboat_flags INTERFACE _GLIBCXX_ASSERTIONS
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
target_include_directories(lifeboat_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_link_options(lifeboat_flags INTERFACE -Wl,-z,relro,-z,now)

if(LIFEBOAT_SANITIZE)
    add_compile_options(-fsanitize=${LIFEBOAT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LIFEBOAT_SANITIZE})
endif()

find_program(LIFEBOAT_MOLD mold)
if(LIFEBOAT_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

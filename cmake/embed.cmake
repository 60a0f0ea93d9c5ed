# Puts a file into the program, byte for byte.
#   lifeboat_embed(TARGET NAME FILE)
# FILE (from the source root) becomes `std::string_view lifeboat::embedded::NAME()`, declared in
# "embedded/NAME.h"; whoever links TARGET may include that. A changed file rebuilds one small object.
function(lifeboat_embed target name file)
    set(path ${CMAKE_SOURCE_DIR}/${file})
    set(dir ${CMAKE_BINARY_DIR}/generated)
    file(CONFIGURE OUTPUT ${dir}/embedded/${name}.h CONTENT
"// ${file}, embedded. Generated.
#pragma once

#include <string_view>

namespace lifeboat::embedded {

// Lives as long as the program.
std::string_view ${name}();

}  // namespace lifeboat::embedded
" @ONLY)
    file(CONFIGURE OUTPUT ${dir}/embedded/${name}.cpp CONTENT
"#include \"embedded/${name}.h\"

#include <cstddef>

__asm__(\".pushsection .rodata\\n\"
        \".balign 16\\n\"
        \".global lifeboat_embedded_${name}\\n\"
        \".global lifeboat_embedded_${name}_end\\n\"
        \"lifeboat_embedded_${name}:\\n\"
        \".incbin \\\"${path}\\\"\\n\"
        \"lifeboat_embedded_${name}_end:\\n\"
        \".byte 0\\n\"
        \".popsection\\n\");

extern \"C\" {
extern const char lifeboat_embedded_${name}[];
extern const char lifeboat_embedded_${name}_end[];
}

namespace lifeboat::embedded {

std::string_view ${name}() {
    return {lifeboat_embedded_${name},
            static_cast<size_t>(lifeboat_embedded_${name}_end - lifeboat_embedded_${name})};
}

}  // namespace lifeboat::embedded
" @ONLY)
    set_source_files_properties(${dir}/embedded/${name}.cpp PROPERTIES OBJECT_DEPENDS ${path})
    target_sources(${target} PRIVATE ${dir}/embedded/${name}.cpp)
    target_include_directories(${target} PUBLIC ${dir})
endfunction()

# One folder of src/ becomes one link target, with its tests beside it.
#   lifeboat_module(NAME USES module... [TEST_USES module...] [LIBS target...])
# src/NAME/**/*.cpp -> library lifeboat_NAME; src/NAME/**/*_test.cpp -> program NAME_test.
# main.cpp files belong to programs (lifeboat_program), not to modules.

# NAME_avx2.cpp and the like hold inner loops for instructions that are asked for at run time. They
# are optimised in every preset: their tests would take minutes otherwise.
function(lifeboat_vector_flags)
    set(speed -O3)
    foreach(source IN LISTS ARGN)
        set(options)
        if(source MATCHES "_portable\\.cpp$")
            set(options ${speed})
        elseif(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
            continue()
        elseif(source MATCHES "_avx2\\.cpp$")
            set(options ${speed} -mavx2)
        elseif(source MATCHES "_gfni\\.cpp$")
            set(options ${speed} -mavx2 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mgfni
                -mprefer-vector-width=512)
        elseif(source MATCHES "_vaes\\.cpp$")
            set(options ${speed} -mavx2 -mavx512f -mavx512bw -mavx512dq -mavx512vl -maes -mvaes)
        elseif(source MATCHES "_shani\\.cpp$")
            set(options ${speed} -msha -mssse3 -msse4.1)
        endif()
        if(options)
            set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${options}")
        endif()
    endforeach()
endfunction()

set(LIFEBOAT_TEST_TIMEOUT 120 CACHE STRING "Seconds one unit test may take")

function(lifeboat_module name)
    cmake_parse_arguments(M "" "" "USES;TEST_USES;LIBS" ${ARGN})
    set(dir ${CMAKE_SOURCE_DIR}/src/${name})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${dir}/*.h)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")

    lifeboat_vector_flags(${sources})
    set(target lifeboat_${name})
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${headers})
    list(TRANSFORM M_USES PREPEND lifeboat_ OUTPUT_VARIABLE uses)
    target_link_libraries(${target} PUBLIC ${uses} ${M_LIBS} lifeboat_flags)

    if(BUILD_TESTING AND tests)
        add_executable(${name}_test ${tests})
        list(TRANSFORM M_TEST_USES PREPEND lifeboat_ OUTPUT_VARIABLE test_uses)
        target_link_libraries(${name}_test PRIVATE ${target} ${test_uses} GTest::gmock GTest::gtest_main)
        target_compile_definitions(${name}_test PRIVATE
            LIFEBOAT_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
            LIFEBOAT_BIN="${CMAKE_BINARY_DIR}/bin")
        gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
            PROPERTIES TIMEOUT ${LIFEBOAT_TEST_TIMEOUT} LABELS ${name})
    endif()
endfunction()

function(lifeboat_program name)
    cmake_parse_arguments(P "" "MAIN" "USES" ${ARGN})
    add_executable(${name} ${CMAKE_SOURCE_DIR}/${P_MAIN})
    list(TRANSFORM P_USES PREPEND lifeboat_ OUTPUT_VARIABLE uses)
    target_link_libraries(${name} PRIVATE ${uses})
endfunction()

# One folder of src/ becomes one link target, with its tests beside it.
#   lifeboat_module(NAME USES module... [TEST_USES module...] [LIBS target...])
# src/NAME/**/*.cpp -> library lifeboat_NAME; src/NAME/**/*_test.cpp -> program NAME_test.
# main.cpp files belong to programs (lifeboat_program), not to modules.

set(LIFEBOAT_TEST_TIMEOUT 120 CACHE STRING "Seconds one unit test may take")

function(lifeboat_module name)
    cmake_parse_arguments(M "" "" "USES;TEST_USES;LIBS" ${ARGN})
    set(dir ${CMAKE_SOURCE_DIR}/src/${name})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${dir}/*.h)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")

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

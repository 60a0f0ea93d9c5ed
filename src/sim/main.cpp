// lifeboat-sim: simulated phones for demos and tests.
#include "sim/program.h"

#include <string>
#include <vector>

int main(int argc, char** argv) {
    return lifeboat::sim::run_program(std::vector<std::string>(argv + 1, argv + argc));
}

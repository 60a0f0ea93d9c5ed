// The one file above the roof.
#include "cli/cli.h"

int main(int argc, char** argv) {
    return lifeboat::cli::run(argc, argv);
}

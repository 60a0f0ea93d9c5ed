// The one file above the roof.
#include "cli/cli.h"
#include "crypto/library_memory.h"

int main(int argc, char** argv) {
    lifeboat::crypto::use_large_pages();
    return lifeboat::cli::run(argc, argv);
}

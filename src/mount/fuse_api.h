// libfuse's low-level interface in the one version that is written against.
//
// The low-level one, because it speaks in numbers where the high-level one speaks in paths: a
// folder of 100,000 files is then decoded once and not walked to again for each of them, nothing is
// kept in memory for files (see inodes.h), and answers go to the kernel from where the blobs lie.
#pragma once

#define FUSE_USE_VERSION 312

#include <fuse_lowlevel.h>

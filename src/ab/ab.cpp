#include "ab/header.h"

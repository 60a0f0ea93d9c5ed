// What is left of the limits while one property list is read.
#pragma once

#include "plist/plist.h"

namespace lifeboat::plist {

class Budget {
public:
    explicit Budget(const Limits& limits) : limits_(limits) {}

    void take_values(size_t count) {
        if (count > limits_.values) throw Malformed("the property list has too many values");
        limits_.values -= count;
    }
    void take_bytes(size_t count) {
        if (count > limits_.bytes) throw Malformed("the property list holds too many bytes");
        limits_.bytes -= count;
    }
    void check_depth(size_t depth) const {
        if (depth > limits_.depth) throw Malformed("the property list is nested too deeply");
    }

private:
    Limits limits_;
};

}  // namespace lifeboat::plist

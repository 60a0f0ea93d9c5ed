// Property lists from bytes and into bytes, in Apple's binary and XML formats.
//
// All functions are pure and may be called from any thread. Whatever the bytes say, reading ends
// within the limits or throws Malformed.
#pragma once

#include "plist/value.h"

#include <cstddef>
#include <string>

namespace lifeboat::plist {

// A binary list may name one object many times: a few hundred bytes can stand for more values than
// memory holds. So the limits count what comes out, not what goes in.
struct Limits {
    size_t depth = 128;                // containers within each other; real lists have < 20
    size_t values = 4'000'000;         // a folder of 1,000,000 files needs 4 for each
    size_t bytes = size_t{256} << 20;  // of all keys, strings and data together
};

enum class Format { binary, xml };

// "bplist" at the start means binary; everything else must be XML.
Format format_of(ByteView bytes);

// Throws Malformed.
Value read(ByteView bytes, const Limits& limits = {});
Value read_binary(ByteView bytes, const Limits& limits = {});
Value read_xml(ByteView bytes, const Limits& limits = {});

// Version "00": what every phone and every tool reads. Equal strings, integers and keys are stored
// once. Bytes of a string that are no UTF-8 become U+FFFD.
Bytes write_binary(const Value& value);

// As Apple writes it: UTF-8, tabs, dates in whole seconds, a Uid as {CF$UID: n}. What XML cannot
// carry (control characters, bytes that are no UTF-8) becomes U+FFFD.
std::string write_xml(const Value& value);

}  // namespace lifeboat::plist

// What the `content` tool prints, as Java prints it.
#pragma once

#include "sim/android/providers/cursor.h"

#include <string>
#include <string_view>

namespace lifeboat::sim::android {

enum class ContentVerb { query, insert, update, remove, read, write, call, type };

// "Row: 0 _id=1, body=..." for every row; "No result found." for none.
std::string rows_text(const Cursor& cursor);

// The lines on stderr: who was asked, what it threw, and where.
std::string error_text(const std::string& authority, const JavaException& error, ContentVerb verb);

// Java's Float.toString.
std::string java_float(float number);
// Text that went through Java's strings: half characters become '?', other wrong bytes U+FFFD.
std::string java_text(std::string_view text);

}  // namespace lifeboat::sim::android

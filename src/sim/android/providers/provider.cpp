#include "sim/android/providers/provider.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

void ContentProvider::insert(const Caller&, const ContentUri& uri, const ContentValues&) {
    throw unsupported_operation("Insert not supported: " + uri.text);
}

void ContentProvider::update(const Caller&, const ContentUri& uri, const ContentValues&,
                             const std::string&) {
    throw unsupported_operation("Update not supported: " + uri.text);
}

void ContentProvider::remove(const Caller&, const ContentUri& uri, const std::string&) {
    throw unsupported_operation("Delete not supported: " + uri.text);
}

Bytes ContentProvider::read(const Caller&, const ContentUri& uri) {
    throw file_not_found("No files supported by provider at " + uri.text);
}

void ContentProvider::write(const Caller&, const ContentUri& uri, ByteView) {
    throw file_not_found("No files supported by provider at " + uri.text);
}

std::string both(std::string_view left, std::string_view right) {
    if (left.empty()) return std::string(right);
    if (right.empty()) return std::string(left);
    return fmt::format("({}) AND ({})", left, right);
}

}  // namespace lifeboat::sim::android

// The configuration file: read with line numbers, changed line by line so that comments stay.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace lifeboat::app {

struct ConfigEntry {
    std::string key{};   // "adb.server"
    std::string text{};  // value as text
    size_t line = 0;     // of the value, 1-based
    size_t column = 0;
    size_t end_column = 0;  // behind the value; 0 when it goes on to another line
};

struct ConfigPlace {
    std::string name{};
    std::string path{};
    size_t line = 0;  // of its [[place]]
};

struct ConfigFile {
    std::vector<ConfigEntry> entries{};
    std::vector<ConfigPlace> places{};
};

// Throws Misuse "FILE:LINE: ...". Key names are not judged here, except inside [[place]].
ConfigFile parse_config(const std::string& text, const std::string& file);
// A file that is not there is empty. Throws Denied, Misuse.
ConfigFile read_config_file(const std::string& path);

// Each gives the changed text.
std::string with_value(const std::string& text, const std::string& key, const std::string& literal);
std::string with_place(const std::string& text, const std::string& name, const std::string& path);
std::string without_place(const std::string& text, const std::string& name);

// A TOML basic string with its quotes. Throws Misuse when the text is not valid UTF-8.
std::string toml_string(const std::string& text);

// Reads the file (empty when it is not there), changes it, checks that the outcome still reads, and
// replaces the file as a whole.
using ConfigEdit = std::function<std::string(const std::string& text)>;
void edit_config_file(const std::string& path, const ConfigEdit& edit);

}  // namespace lifeboat::app

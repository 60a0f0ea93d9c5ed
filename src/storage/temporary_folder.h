// A folder for one test, gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lifeboat::storage {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string form = (std::filesystem::temp_directory_path() / "lifeboat-XXXXXX").string();
        if (::mkdtemp(form.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = form;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string sub(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace lifeboat::storage

#include "phone/android/digests.h"

#include "base/text.h"

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_files = 2000;
constexpr std::chrono::milliseconds patience{900'000};  // one very large video on a slow phone

// What the command says about this file; empty when it says nothing.
std::string reason_in(std::string_view errors, const std::string& remote) {
    for (const auto line : lines(errors)) {
        const size_t at = line.find(remote);
        if (at == std::string_view::npos) continue;
        auto rest = line.substr(at + remote.size());
        while (rest.starts_with(':') || rest.starts_with('\'') || rest.starts_with(' ')) {
            rest.remove_prefix(1);
        }
        if (!rest.empty()) return printable(rest);
    }
    return {};
}

std::string reason_for(const ShellResult& result, const std::string& remote) {
    if (result.exit_code == 127 || result.errors.find("not found") != std::string::npos ||
        result.errors.find("inaccessible") != std::string::npos) {
        return "this phone cannot compute SHA-256";
    }
    const std::string said = reason_in(result.errors, remote);
    return said.empty() ? "the phone gave no hash for it" : said;
}

}  // namespace

DigestRun::DigestRun(const PhoneLink& link, const std::vector<Volume>& volumes,
                     std::span<const ItemPath> files, const Phone::EachDigest& each)
    : link_(link), each_(each) {
    for (const ItemPath& path : files) {
        const auto remote = remote_path(volumes, path);
        if (!remote) {
            each_(path, std::nullopt, "its storage is not in the phone");
            continue;
        }
        files_.push_back(path);
        remotes_.push_back(*remote);
    }
}

size_t DigestRun::end_of_batch() const {
    return std::min(files_.size(), told_ + most_files);
}

void DigestRun::go_on(const std::stop_token& stop) {
    while (told_ < files_.size()) hash_batch(end_of_batch(), stop);
}

// Takes the files that were told out of the batch under way.
void DigestRun::forget_told(size_t begin, const std::vector<bool>& done) {
    for (size_t i = done.size(); i > 0; --i) {
        if (!done[i - 1]) continue;
        const auto at = static_cast<std::ptrdiff_t>(begin + i - 1);
        files_.erase(files_.begin() + at);
        remotes_.erase(remotes_.begin() + at);
    }
}

void DigestRun::hash_batch(size_t end, const std::stop_token& stop) {
    std::string input;
    for (size_t i = told_; i < end; ++i) input += remotes_[i] + '\0';
    const size_t begin = told_;
    std::vector<bool> done(end - begin);
    Sha256sumReader reader(std::span<const std::string>(remotes_).subspan(begin, end - begin),
                           [&](size_t index, const Digest& digest) {
                               done[index] = true;
                               each_(files_[begin + index], digest, {});
                           });
    // Told file by file; a break in the middle must not tell one twice.
    struct Progress {
        DigestRun& run;
        const std::vector<bool>& done;
        size_t begin;
        bool complete = false;
        ~Progress() {
            if (!complete) run.forget_told(begin, done);
        }
    };
    Progress progress{*this, done, begin};
    Shell shell(link_.server, link_.serial);
    const auto result = shell.run({.text = "xargs -0 sha256sum",
                                   .input = input,
                                   .on_output = [&](std::string_view text) { reader.feed(text); },
                                   .silence = patience},
                                  stop);
    reader.finish();
    progress.complete = true;
    for (size_t i = 0; i < done.size(); ++i) {
        if (!done[i])
            each_(files_[begin + i], std::nullopt, reason_for(result, remotes_[begin + i]));
    }
    told_ = end;
}

}  // namespace lifeboat::phone::android

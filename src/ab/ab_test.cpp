#include "ab/writer.h"
#include "base/hex.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace lifeboat::ab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

Bytes sample(const std::string& name) {
    std::ifstream in(LIFEBOAT_TEST_DATA "/ab/" + name, std::ios::binary);
    EXPECT_TRUE(in.good()) << name;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return to_bytes(text);
}

Bytes payload(const Bytes& file, const std::string& password) {
    MemorySource raw(file);
    const SecretText secret(password);
    Payload plain(raw, secret);
    return read_all(plain, uint64_t{1} << 30);
}

Listing listing(const Bytes& file, const std::string& password = "") {
    MemorySource raw(file);
    return read_listing(raw, SecretText(password));
}

// What the reader says against a file; empty when it takes it.
std::string refusal(const Bytes& file, const std::string& password = "") {
    try {
        listing(file, password);
        return "";
    } catch (const Error& error) {
        return error.message();
    }
}

RandomFill seeded(uint64_t seed) {
    return [engine = std::mt19937_64(seed)](MutableByteView out) mutable {
        for (std::byte& b : out) b = static_cast<std::byte>(engine());
    };
}

struct Sample {
    const char* name;
    const char* password;
};

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, HoldTheSameTar) {
    const Bytes tar = payload(sample(GetParam().name), GetParam().password);
    EXPECT_EQ(tar.size(), 9216u);
    EXPECT_EQ(to_hex(crypto::sha256(tar)),
              "50f9d3e5c761156a1c8654b442db8e4db25ae5e818ead54c48cccaec9c1b9fc9");
    const Listing list = listing(sample(GetParam().name), GetParam().password);
    ASSERT_THAT(list.apps,
                ElementsAre(Key("com.android.providers.telephony"), Key("com.example.notes")));
    const AppContent& notes = list.apps.at("com.example.notes");
    EXPECT_EQ(notes.files, 4u);
    EXPECT_EQ(notes.bytes, 33u + 105 + 0 + 1024);
    EXPECT_EQ(notes.bytes_of_domain.at("sp"), 105u);
    EXPECT_EQ(list.apps.at("com.android.providers.telephony").manifest->sdk, 33u);
    EXPECT_EQ(list.left_out, 0u);
}

INSTANTIATE_TEST_SUITE_P(Ab, Samples,
                         testing::Values(Sample{"v1-c0-none.ab", ""}, Sample{"v5-c1-none.ab", ""},
                                         Sample{"v1-c1-pw-lifeboat.ab", "lifeboat"},
                                         Sample{"v5-c1-pw-lifeboat.ab", "lifeboat"},
                                         Sample{"v3-c1-pw-unicode.ab", "pässwörd-密码"}));

TEST(Ab, WrongPasswordIsSaidAndNoneToo) {
    EXPECT_THAT(refusal(sample("v5-c1-pw-lifeboat.ab"), "Lifeboat"), HasSubstr("does not open"));
    EXPECT_THAT(refusal(sample("v1-c1-pw-lifeboat.ab"), "x"), HasSubstr("does not open"));
    EXPECT_THAT(refusal(sample("v5-c1-pw-lifeboat.ab")), HasSubstr("was not given"));
    MemorySource raw(sample("v3-c1-pw-unicode.ab"));
    EXPECT_THROW(read_listing(raw, SecretText("password")), WrongPassword);
}

TEST(Ab, AnAppThatAllowedNothingIsAWholeFileWithoutApps) {
    const Bytes empty = sample("empty-v5-c1.ab");
    EXPECT_EQ(empty.size(), 41u);
    EXPECT_TRUE(listing(empty).has_nothing());
    Bytes own;
    Writer writer([&](ByteView part) { append(own, part); }, {});
    writer.finish();
    EXPECT_EQ(own, empty);
}

TEST(Ab, NoByteAtAllIsNothingSaved) {
    MemorySource raw{Bytes()};
    EXPECT_THROW(read_listing(raw, SecretText()), NothingSaved);
}

TEST(Ab, EveryCutIsSeen) {
    for (const Sample& s :
         {Sample{"v1-c0-none.ab", ""}, Sample{"v5-c1-none.ab", ""}, Sample{"empty-v5-c1.ab", ""}}) {
        const Bytes whole = sample(s.name);
        const size_t step = whole.size() > 2000 ? 97 : 1;
        for (size_t size = 1; size < whole.size(); size += step) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_NE(refusal(cut, s.password), "") << s.name << " cut to " << size;
        }
        Bytes longer = whole;
        longer.push_back(std::byte{'x'});
        EXPECT_NE(refusal(longer, s.password), "") << s.name;
    }
    const Bytes sealed = sample("v5-c1-pw-lifeboat.ab");
    for (const size_t lost : {1u, 15u, 16u, 17u, 500u}) {
        const Bytes cut(sealed.begin(), sealed.end() - static_cast<std::ptrdiff_t>(lost));
        EXPECT_NE(refusal(cut, "lifeboat"), "") << lost;
    }
}

TEST(Ab, HostileHeadersAreRefused) {
    const auto said = [](std::string_view text) { return refusal(to_bytes(text)); };
    EXPECT_THAT(said("PK\x03\x04"), HasSubstr("no whole Android backup"));
    EXPECT_THAT(said("ANDROID BACKUP\n6\n1\nnone\n"), HasSubstr("version 6"));
    EXPECT_THAT(said("ANDROID BACKUP\n5\n2\nnone\n"), HasSubstr("compressed"));
    EXPECT_THAT(said("ANDROID BACKUP\n5\n1\nROT-13\n"), HasSubstr("ROT-13"));
    EXPECT_THAT(said("ANDROID BACKUP\n5\n1\nAES-256\n00\n00\n4000000000\n"), HasSubstr("rounds"));
    EXPECT_THAT(said("ANDROID BACKUP\n5\n1\nAES-256\nzz\n"), HasSubstr("salt"));
    EXPECT_THAT(said(std::string(5000, 'A')), HasSubstr("too long"));
}

// ---- what we write

struct Written {
    std::map<std::string, Bytes> files{};
    Bytes file{};
};

Written write(const Form& form, uint64_t seed) {
    std::mt19937_64 random(seed);
    Written w;
    Writer writer([&](ByteView part) { append(w.file, part); }, form);
    writer.add_app({.package = "com.example.a", .version_code = 7, .sdk = 33});
    const std::string names[] = {"plain",
                                 "with blank",
                                 "ünïcode-密码",
                                 std::string(99, 'n'),
                                 std::string(100, 'n'),
                                 "deep/" + std::string(200, 'x')};
    for (const std::string& name : names) {
        Bytes content(random() % 2000);
        for (std::byte& b : content) b = static_cast<std::byte>(random() % 4);
        writer.add({.app = "com.example.a", .domain = "f", .name = name}, content);
        w.files["apps/com.example.a/f/" + name] = content;
    }
    writer.finish();
    return w;
}

TEST(Ab, WhatIsWrittenIsReadInEveryForm) {
    const SecretText passwords[] = {SecretText("simple"), SecretText("pässwörd-密码-😀")};
    for (uint32_t version = 1; version <= newest_version; ++version) {
        for (int kind = 0; kind < 6; ++kind) {
            const SecretText* password = kind < 2 ? nullptr : &passwords[kind % 2];
            const Written w = write({.version = version,
                                     .compressed = kind % 3 == 0,
                                     .password = password,
                                     .rounds = 50,
                                     .random = seeded(version * 10 + uint64_t(kind))},
                                    uint64_t(kind));
            MemorySource raw(w.file);
            MemoryTree tree;
            push_archive(raw, password ? password->duplicate() : SecretText(), ItemPath("out"),
                         tree);
            for (const auto& [name, content] : w.files) {
                const auto source = tree.open(ItemPath("out/" + name));
                EXPECT_EQ(read_all(*source, 1 << 20), content) << version << " " << name;
            }
            EXPECT_TRUE(tree.find(ItemPath("out/apps/com.example.a/_manifest")));
        }
    }
}

TEST(Ab, DamageInAnyByteIsNoCrashAndNoHang) {
    const Bytes whole = write({.compressed = false}, 1).file;
    std::mt19937_64 random(4);
    for (int i = 0; i < 2000; ++i) {
        Bytes bent = whole;
        bent[random() % bent.size()] ^= static_cast<std::byte>(1 + random() % 255);
        refusal(bent);
    }
}

// A tar with one entry of this name, as a hostile app might have it written.
Bytes with_name(const std::string& name, TarKind kind = TarKind::file) {
    Bytes file;
    Writer writer([&](ByteView part) { append(file, part); }, {.compressed = false});
    MemorySource nothing{Bytes()};
    writer.add(TarEntry{.name = name, .kind = kind}, nothing);
    writer.finish();
    return file;
}

TEST(Ab, NamesThatLeadOutAreLeftOut) {
    for (const char* name : {"../../etc/passwd", "/etc/passwd", "apps/../../x", "apps/a/f/../../x",
                             "other/a/f/x", ""}) {
        EXPECT_EQ(listing(with_name(name)).left_out, 1u) << name;
    }
    MemorySource raw(with_name("apps/a/f/../../../../x"));
    MemoryTree tree;
    push_archive(raw, SecretText(), ItemPath("out"), tree);
    EXPECT_THAT(tree.refused(), ElementsAre(Key(ItemPath("out"))));
    EXPECT_EQ(listing(with_name("apps/a.b/f/", TarKind::folder)).left_out, 0u);
}

TEST(Ab, AppsAreWhatAndroidLetsBeOne) {
    for (const char* name : {"a.b", "com.example.Notes_2", "android"}) {
        EXPECT_TRUE(is_app_name(name)) << name;
    }
    for (const char* name : {"", "shared", "DCIM", "com", ".a", "a.", "a..b", "a.b-c", "a b.c"}) {
        EXPECT_FALSE(is_app_name(name)) << name;
    }
    EXPECT_FALSE(is_app_name("a." + std::string(254, 'b')));
    for (const char* name : {"apps/shared/f/x", "apps/DCIM/Camera/evil.jpg"}) {
        EXPECT_EQ(listing(with_name(name)).left_out, 1u) << name;
        MemorySource raw(with_name(name));
        MemoryTree tree;
        push_archive(raw, SecretText(), ItemPath(), tree);
        EXPECT_EQ(tree.refused().size(), 1u) << name;
    }
    // Folders that only hold the others say nothing.
    for (const char* name : {"apps/", "apps/a.b/", "shared"}) {
        EXPECT_EQ(listing(with_name(name, TarKind::folder)).left_out, 0u) << name;
    }
}

// As a repository whose first pack is gone.
class Lost final : public ByteSource {
public:
    size_t read(MutableByteView) override { throw Corrupt("the first piece is lost"); }
};

TEST(Ab, WhatCannotBeReadIsNotEmpty) {
    Lost lost;
    try {
        read_listing(lost, SecretText());
        FAIL();
    } catch (const Corrupt& error) {
        EXPECT_THAT(error.message(), HasSubstr("the first piece is lost"));
    }
}

// Empty files of one app in a row, each in a domain of its own; made as they are read.
class Domains final : public ByteSource {
public:
    explicit Domains(size_t count)
        : left_(count), bytes_(to_bytes(header_text({.compressed = false}))) {}
    size_t read(MutableByteView out) override {
        if (at_ == bytes_.size()) refill();
        const size_t size = std::min(out.size(), bytes_.size() - at_);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
        at_ += size;
        return size;
    }

private:
    void refill() {
        bytes_.clear();
        at_ = 0;
        TarWriter writer([this](ByteView part) { append(bytes_, part); });
        MemorySource nothing{Bytes()};
        if (left_ > 0) {
            writer.add({.name = "apps/a.b/" + std::to_string(left_) + "/x"}, nothing);
        } else if (!ended_) {
            writer.finish();
            ended_ = true;
        }
        if (left_ > 0) --left_;
    }

    size_t left_;
    Bytes bytes_;
    size_t at_ = 0;
    bool ended_ = false;
};

TEST(Ab, AListingDoesNotGrowWithoutEnd) {
    Domains some(1000);
    EXPECT_EQ(read_listing(some, SecretText()).apps.at("a.b").bytes_of_domain.size(), 1000u);
    Domains many(most_for_listing / 320);
    EXPECT_THROW(read_listing(many, SecretText()), Corrupt);
}

TEST(Ab, FoldersComeBeforeWhatIsInThem) {
    MemorySource raw(sample("v5-c1-folders.ab"));
    MemoryTree tree;
    push_archive(raw, SecretText(), ItemPath(), tree);
    EXPECT_TRUE(tree.refused().empty());
    EXPECT_EQ(tree.find(ItemPath("apps/com.example.notes/f/deep/er"))->kind, ItemKind::folder);
    EXPECT_EQ(tree.find(ItemPath("apps/com.example.notes/f/empty"))->kind, ItemKind::folder);
    EXPECT_EQ(read_all(*tree.open(ItemPath("apps/com.example.notes/f/deep/er/note")), 10),
              to_bytes("milk"));
    EXPECT_EQ(listing(sample("v5-c1-folders.ab")).left_out, 0u);
}

// Gives zeros behind a beginning; nobody could hold it in memory.
class Endless final : public ByteSource {
public:
    explicit Endless(uint64_t size) : left_(size) {}
    size_t read(MutableByteView out) override {
        const size_t size = static_cast<size_t>(std::min<uint64_t>(out.size(), left_));
        std::fill_n(out.begin(), size, std::byte{0});
        left_ -= size;
        return size;
    }

private:
    uint64_t left_;
};

TEST(Ab, FilesOverEightGigabytesKeepTheirSize) {
    // The writer's header and records only: the content is checked by the smaller ones.
    constexpr uint64_t size = (uint64_t{9} << 30) + 3;
    Bytes head;
    struct Enough {};
    TarWriter writer([&](ByteView part) {
        append(head, part);
        if (head.size() > 4096) throw Enough{};
    });
    Endless content(size);
    const TarEntry entry{.name = "shared/0/film",
                         .size = size,
                         .modified = TimePoint(std::chrono::seconds(1'700'000'000))};
    EXPECT_THROW(writer.add(entry, content), Enough);
    MemorySource raw(head);
    TarReader reader(raw);
    const auto read = reader.next();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size, size);
    EXPECT_EQ(read->name, entry.name);
    EXPECT_EQ(read->modified, entry.modified);
}

// Gives one byte at a time, and then fails: as a connection on which nothing more comes.
class Trickle final : public ByteSource {
public:
    explicit Trickle(Bytes bytes) : bytes_(std::move(bytes)) {}
    size_t read(MutableByteView out) override {
        if (at_ == bytes_.size()) throw Temporary("nobody says anything more");
        out[0] = bytes_[at_++];
        return 1;
    }

private:
    Bytes bytes_;
    size_t at_ = 0;
};

TEST(Ab, AnOpenStreamIsReadNoFurtherThanTheFile) {
    const SecretText password("simple");
    for (int kind = 0; kind < 4; ++kind) {
        Written w = write({.compressed = kind % 2 == 0,
                           .password = kind < 2 ? nullptr : &password,
                           .rounds = 5,
                           .random = seeded(3)},
                          3);
        w.file.resize(w.file.size() + 1024);  // as adb restore has it
        Trickle raw(w.file);
        ArchiveReader reader(raw, kind < 2 ? SecretText() : password.duplicate(), Ending::open);
        size_t entries = 0;
        while (reader.next()) ++entries;
        EXPECT_EQ(entries, w.files.size() + 1) << kind;
    }
}

TEST(Ab, AContentOfAnotherSizeIsRefused) {
    Writer writer([](ByteView) {}, {});
    Endless three(3);
    EXPECT_THROW(writer.add({.app = "a.b", .domain = "f", .name = "x"}, 4, three), Corrupt);
    Endless five(5);
    EXPECT_THROW(writer.add({.app = "a.b", .domain = "f", .name = "y"}, 4, five), Corrupt);
}

TEST(Ab, ManifestsKeepWhatTheySay) {
    const AppManifest manifest{.package = "com.example",
                               .version_code = 12345678901,
                               .sdk = 35,
                               .installer = "com.android.vending",
                               .has_apk = true,
                               .certificates = {"3082", "ffee"}};
    const AppManifest read = read_manifest(manifest_text(manifest));
    EXPECT_EQ(manifest_text(read), manifest_text(manifest));
    EXPECT_EQ(read.certificates.size(), 2u);
    EXPECT_THROW(read_manifest("1\na\nb\n"), Corrupt);
    EXPECT_THROW(read_manifest("1\na\n1\n1\n\n0\n5\nff\n"), Corrupt);
}

TEST(Ab, ZlibBothWaysAndWithALimit) {
    const Bytes plain(100'000, std::byte{'a'});
    const Bytes packed = deflate(plain);
    EXPECT_LT(packed.size(), 1000u);
    EXPECT_EQ(inflate(packed, plain.size()), plain);
    EXPECT_THROW(inflate(packed, plain.size() - 1), Corrupt);
    EXPECT_THROW(inflate(ByteView(packed).first(packed.size() - 1), 1 << 20), Corrupt);
    EXPECT_THROW(inflate({}, 10), Corrupt);
}

}  // namespace
}  // namespace lifeboat::ab

#include "sim/document_maker.h"

#include "sim/crc32.h"
#include "sys/random.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace lifeboat::sim {

namespace {

struct ZipPart {
    std::string_view name;
    std::string content;
};

// What the local header and the directory say alike.
void append_zip_common(Bytes& to, const ZipPart& part) {
    append_le<uint16_t>(to, 20);  // needs version 2.0
    append_le<uint16_t>(to, 0);
    append_le<uint16_t>(to, 0);  // stored
    append_le<uint32_t>(to, 0x5a210000);
    append_le<uint32_t>(to, crc32(as_bytes(part.content)));
    append_le<uint32_t>(to, static_cast<uint32_t>(part.content.size()));
    append_le<uint32_t>(to, static_cast<uint32_t>(part.content.size()));
    append_le<uint16_t>(to, static_cast<uint16_t>(part.name.size()));
    append_le<uint16_t>(to, 0);
}

Bytes make_zip(const std::vector<ZipPart>& parts) {
    Bytes out;
    Bytes directory;
    for (const ZipPart& part : parts) {
        const auto at = static_cast<uint32_t>(out.size());
        append_le<uint32_t>(out, 0x04034b50);
        append_zip_common(out, part);
        append(out, as_bytes(part.name));
        append(out, as_bytes(part.content));
        append_le<uint32_t>(directory, 0x02014b50);
        append_le<uint16_t>(directory, 20);
        append_zip_common(directory, part);
        directory.resize(directory.size() + 10);  // comment, disk, attributes
        append_le<uint32_t>(directory, at);
        append(directory, as_bytes(part.name));
    }
    const auto at = static_cast<uint32_t>(out.size());
    append(out, directory);
    append_le<uint32_t>(out, 0x06054b50);
    append_le<uint32_t>(out, 0);
    append_le<uint16_t>(out, static_cast<uint16_t>(parts.size()));
    append_le<uint16_t>(out, static_cast<uint16_t>(parts.size()));
    append_le<uint32_t>(out, static_cast<uint32_t>(directory.size()));
    append_le<uint32_t>(out, at);
    append_le<uint16_t>(out, 0);
    return out;
}

void append_be32(Bytes& to, size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        to.push_back(static_cast<std::byte>(value >> shift));
}

void append_box(Bytes& to, std::string_view kind, ByteView content) {
    append_be32(to, content.size() + 8);
    append(to, as_bytes(kind));
    append(to, content);
}

}  // namespace

Bytes make_random(uint64_t seed, size_t size) {
    Bytes out(size);
    sys::SeededRandom(seed).fill(out);
    return out;
}

Bytes make_pdf(std::string_view text) {
    const std::string page = fmt::format("BT /F1 18 Tf 72 720 Td ({}) Tj ET", text);
    const std::vector<std::string> objects{
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font "
        "<< /F1 5 0 R >> >> >>",
        fmt::format("<< /Length {} >>\nstream\n{}\nendstream", page.size(), page),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
    std::string out = "%PDF-1.4\n";
    std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
    for (size_t i = 0; i < objects.size(); ++i) {
        table += fmt::format("{:010} 00000 n \n", out.size());
        out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
    }
    const size_t table_at = out.size();
    out += table + fmt::format("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n",
                               objects.size() + 1, table_at);
    return to_bytes(out);
}

Bytes make_docx(std::string_view text) {
    constexpr std::string_view xml = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
    constexpr std::string_view office = "http://schemas.openxmlformats.org";
    return make_zip(
        {{"[Content_Types].xml",
          fmt::format(
              "{}<Types xmlns=\"{}/package/2006/content-types\"><Default Extension=\"rels\" "
              "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
              "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
              "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
              xml, office)},
         {"_rels/.rels",
          fmt::format("{0}<Relationships xmlns=\"{1}/package/2006/relationships\"><Relationship "
                      "Id=\"r1\" Type=\"{1}/officeDocument/2006/relationships/officeDocument\" "
                      "Target=\"word/document.xml\"/></Relationships>",
                      xml, office)},
         {"word/document.xml",
          fmt::format("{}<w:document xmlns:w=\"{}/wordprocessingml/2006/main\"><w:body><w:p><w:r>"
                      "<w:t>{}</w:t></w:r></w:p></w:body></w:document>",
                      xml, office, text)}});
}

Bytes make_mp4(uint64_t seed, size_t size) {
    Bytes out;
    append_box(out, "ftyp", as_bytes(std::string_view("isom\0\0\2\0isomiso2mp41", 20)));
    append_box(out, "moov", as_bytes("no track: a stand-in for a film"));
    append_box(out, "mdat", make_random(seed, size));
    return out;
}

Bytes make_mp3(uint64_t seed, size_t size) {
    Bytes out = to_bytes(std::string_view("ID3\3\0\0\0\0\0\0", 10));
    constexpr size_t frame = 417;  // 128 kbit/s at 44.1 kHz
    for (size_t i = 0; out.size() < size; ++i) {
        append(out, as_bytes("\xff\xfb\x90\x64"));
        append(out, make_random(seed + i, frame - 4));
    }
    return out;
}

Bytes make_text(uint64_t seed, size_t size) {
    static constexpr std::array<std::string_view, 24> words{
        "the",   "harbour", "was",   "quiet",  "and",   "a",       "boat",  "lay",
        "at",    "anchor",  "under", "clouds", "while", "gulls",   "cried", "over",
        "water", "that",    "moved", "slowly", "with",  "morning", "light", "again"};
    sys::SeededRandom random(seed);
    std::string out;
    while (out.size() < size) {
        out += words[random.below(words.size())];
        out += random.below(12) == 0 ? ".\n" : " ";
    }
    out.resize(size);
    return to_bytes(out);
}

}  // namespace lifeboat::sim

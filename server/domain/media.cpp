#include "domain/media.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

constexpr std::string_view executable = "application/x-executable";
constexpr std::string_view zip = "application/zip";
constexpr std::string_view ole = "application/x-ole";
constexpr std::string_view text_plain = "text/plain";
constexpr std::string_view text_html = "text/html";
constexpr std::size_t longest_name = 240;  // characters

// What providers take (the list of WhatsApp's Cloud API, and what mails and MMS have besides):
// https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types
struct Known {
    std::string_view mime, sniffed, ending;
};
constexpr Known known[] = {
    {"image/jpeg", "image/jpeg", "jpg"},
    {"image/png", "image/png", "png"},
    {"image/gif", "image/gif", "gif"},
    {"image/webp", "image/webp", "webp"},
    {"video/mp4", "video/mp4", "mp4"},
    {"video/3gpp", "video/mp4", "3gp"},
    {"audio/mp4", "video/mp4", "m4a"},
    {"audio/aac", "audio/aac", "aac"},
    {"audio/amr", "audio/amr", "amr"},
    {"audio/mpeg", "audio/mpeg", "mp3"},
    {"audio/ogg", "audio/ogg", "ogg"},
    {"application/pdf", "application/pdf", "pdf"},
    {"application/zip", zip, "zip"},
    {"application/msword", ole, "doc"},
    {"application/vnd.ms-excel", ole, "xls"},
    {"application/vnd.ms-powerpoint", ole, "ppt"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zip, "docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zip, "xlsx"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", zip, "pptx"},
    {"text/plain", text_plain, "txt"},
    {"text/csv", text_plain, "csv"},
    {"text/vcard", text_plain, "vcf"},
    {"text/calendar", text_plain, "ics"},
};

// How files begin (WHATWG MIME Sniffing Standard 7, and the formats' own papers).
struct Signature {
    std::size_t at;
    std::string_view bytes;
    std::string_view type;
};
using namespace std::string_view_literals;
constexpr Signature signatures[] = {
    {0,
     "\x7f"
     "ELF"sv,
     executable},
    {0, "MZ"sv, executable},
    {0, "#!"sv, executable},
    {0, "\xca\xfe\xba\xbe"sv, executable},  // Java classes, Mach-O of several machines
    {0, "\xfe\xed\xfa\xce"sv, executable},
    {0, "\xfe\xed\xfa\xcf"sv, executable},
    {0, "\xce\xfa\xed\xfe"sv, executable},
    {0, "\xcf\xfa\xed\xfe"sv, executable},
    {0, "\0asm"sv, executable},
    {0, "dex\n"sv, executable},
    {0, "\xff\xd8\xff"sv, "image/jpeg"},
    {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {8, "WEBP"sv, "image/webp"},
    {4, "ftyp"sv, "video/mp4"},
    {0, "#!AMR"sv, "audio/amr"},
    {0, "ID3"sv, "audio/mpeg"},
    {0, "OggS"sv, "audio/ogg"},
    {0, "%PDF-"sv, "application/pdf"},
    {0, "PK\x03\x04"sv, zip},
    {0, "PK\x05\x06"sv, zip},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, ole},
};

bool begins(std::string_view bytes, const Signature& signature) {
    return bytes.size() >= signature.at + signature.bytes.size() &&
           bytes.substr(signature.at, signature.bytes.size()) == signature.bytes;
}

// A frame of MPEG audio: eleven bits of sync, then the layer; layer 0 is AAC in ADTS (ISO 13818-7 1.A.2).
std::string_view audio_frame(std::string_view bytes) {
    if (bytes.size() < 2 || static_cast<std::uint8_t>(bytes[0]) != 0xff) return {};
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    if ((second & 0xf6U) == 0xf0U) return "audio/aac";
    if ((second & 0xe0U) == 0xe0U && (second & 0x06U) != 0) return "audio/mpeg";
    return {};
}

// What a browser may take for a page or a picture with a script in it.
bool looks_active(std::string_view text) {
    constexpr std::array<std::string_view, 6> marks = {"<!doctype", "<html", "<script",
                                                       "<svg",      "<?xml", "<body"};
    const std::string lower = lower_ascii(text.substr(0, 1024));
    return std::any_of(marks.begin(), marks.end(),
                       [&](std::string_view mark) { return lower.find(mark) != std::string::npos; });
}

bool is_text(std::string_view bytes) {
    // The last character may be cut in two.
    for (int cut = 0; cut < 4; ++cut)
        if (bytes.size() >= static_cast<std::size_t>(cut) && valid_utf8(bytes.substr(0, bytes.size() - cut)))
            return std::none_of(bytes.begin(), bytes.end(), [](char c) {
                return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f';
            });
    return false;
}

std::string without_parameters(std::string_view mime) {
    return lower_ascii(trim(mime.substr(0, mime.find(';'))));
}

const Known* find_known(std::string_view mime) {
    const auto found =
        std::find_if(std::begin(known), std::end(known), [&](const Known& one) { return one.mime == mime; });
    return found == std::end(known) ? nullptr : found;
}

std::string taken() {
    std::string list;
    for (const Known& one : known) list.append(list.empty() ? "" : ", ").append(one.mime);
    return list;
}

std::string described(std::string_view sniffed) {
    if (sniffed == executable) return "a program or a script";
    if (sniffed == ole) return "an older Office file";
    return sniffed.empty() ? "of no type that is known here" : std::string(sniffed);
}

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

}  // namespace

std::string sniffed_type(std::string_view beginning) {
    if (begins(beginning, {0, "#!AMR"sv, {}})) return "audio/amr";  // not a script
    for (const Signature& signature : signatures) {
        if (!begins(beginning, signature)) continue;
        if (signature.type == "image/webp" && !starts(beginning, "RIFF")) continue;
        if (signature.bytes == "MZ" && is_text(beginning)) continue;  // a text may begin so
        return std::string(signature.type);
    }
    if (const auto audio = audio_frame(beginning); !audio.empty()) return std::string(audio);
    if (beginning.empty() || !is_text(beginning)) return {};
    return std::string(looks_active(beginning) ? text_html : text_plain);
}

Result<std::string> checked_type(std::string_view declared, std::string_view beginning) {
    std::string mime = without_parameters(declared);
    const Known* wanted = find_known(mime);
    if (!wanted)
        return Error{
            Code::unsupported,
            (mime.empty() ? "say the type of the file" : "files of type \"" + mime + "\" are not taken") +
                "; these are: " + taken(),
            "type"};
    const std::string sniffed = sniffed_type(beginning);
    if (sniffed != wanted->sniffed)
        return invalid("type", "the file is declared as " + mime + ", but is " + described(sniffed));
    return mime;
}

Result<std::string> received_type(std::string_view declared, std::string_view beginning) {
    if (sniffed_type(beginning) == executable)
        return Error{Code::unsupported, "the file is a program or a script, which is not kept", ""};
    auto checked = checked_type(declared, beginning);
    return checked ? checked : Result<std::string>("application/octet-stream");
}

bool fits(std::string_view media_type, std::string_view mime) {
    if (media_type == "sticker") return mime == "image/webp";
    if (media_type == "document") return true;
    return starts(mime, std::string(media_type) + "/");
}

std::string safe_filename(std::string_view name, std::string_view mime) {
    name.remove_prefix(std::min(name.size(), name.find_last_of("/\\") + 1));
    std::string safe;
    for (const char c : name)
        if (static_cast<unsigned char>(c) >= ' ' && c != 0x7f && c != '"') safe += c;
    safe = trim(safe);
    while (utf8_length(safe) > longest_name) safe = std::string(utf8_prefix(safe, safe.size() - 1));
    if (!safe.empty() && safe.find_first_not_of('.') != std::string::npos) return safe;
    const Known* type = find_known(mime);
    return "file." + std::string(type ? type->ending : "bin");
}

std::string address_filename(std::string_view name, std::string_view mime) {
    std::string address = safe_filename(name, mime);
    for (char& c : address)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
              c == '_'))
            c = '-';
    return address;
}

}  // namespace dakiya::domain

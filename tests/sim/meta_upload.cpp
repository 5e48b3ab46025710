// The examples of new templates: files that are uploaded to the app, in a session of their own each.
// Source: developers.facebook.com/docs/graph-api/guides/upload
#include "meta.hpp"

#include <array>

namespace sim {
namespace {

using dakiya::Json;

// What the guide lists, and the format of the header that shows it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types = {
    {{"application/pdf", "DOCUMENT"},
     {"image/jpeg", "IMAGE"},
     {"image/jpg", "IMAGE"},
     {"image/png", "IMAGE"},
     {"video/mp4", "VIDEO"}}};

std::string_view format_of(std::string_view type) {
    for (const auto& [known, format] : types)
        if (known == type) return format;
    return {};
}

}  // namespace

Reply Meta::open_upload(const Call& call) {
    if (call.request.method != "POST") return refuse(100, "Unsupported method", true);
    for (const auto& [name, value] : call.query)
        if (name != "file_name" && name != "file_length" && name != "file_type" && name != "appsecret_proof")
            return refuse(100, "Unknown parameter " + name, true);
    const std::string length = field(call.query, "file_length");
    const std::string type = field(call.query, "file_type");
    if (!all_digits(length) || length.size() > 9 || length.starts_with('0'))
        return refuse(100, "file_length must be a number of bytes", true);
    if (format_of(type).empty()) return refuse(100, "file_type " + type + " is not supported", true);
    if (!call.request.body.empty()) return refuse(100, "the bytes go to the session", true);
    const std::string token = world_.ledger().token(world_.next_number());
    const std::string session = "upload:MTphdHRhY2htZW50" + token + "==";
    const Upload upload{field(call.query, "file_name"), type, std::stoul(length), "ARZ" + token};
    uploads_[session] = upload;
    return json(Json{{"id", session + "?sig=" + upload.signature}});
}

// All at once: this player does not let anybody resume.
Reply Meta::take_bytes(const Call& call) {
    const auto found = uploads_.find(call.object);
    if (found == uploads_.end() || field(call.query, "sig") != found->second.signature)
        return refuse(100, "there is no such upload session", true);
    if (call.request.method == "GET") return json(Json{{"id", std::string(call.object)}, {"file_offset", 0}});
    if (call.request.method != "POST") return refuse(100, "Unsupported method", true);
    if (call.request.header("file_offset") != "0") return refuse(100, "file_offset must be 0", true);
    const Upload& upload = found->second;
    if (call.request.body.size() != upload.size)
        return refuse(100,
                      std::to_string(call.request.body.size()) + " bytes came, " +
                          std::to_string(upload.size) + " were announced",
                      true);
    const std::string handle = "4:" + base64(upload.name) + ":" + base64(upload.type) + ":" +
                               world_.ledger().token(world_.next_number());
    handles_[handle] = upload.type;
    uploads_.erase(found);
    return json(Json{{"h", handle}});
}

// A header with a file, also of a card, shows one that was uploaded here.
MetaRefusal Meta::check_examples(const Json& components) const {
    for (const Json& part : components) {
        for (const Json& card : part["cards"])
            if (const MetaRefusal refusal = check_examples(card["components"])) return refusal;
        const std::string format = part.value("format", "");
        if (part["type"] != Json("HEADER") ||
            (format != "IMAGE" && format != "VIDEO" && format != "DOCUMENT"))
            continue;
        const Json& example = part["example"];
        if (example.size() != 1 || example["header_handle"].size() != 1)
            return {
                100,
                "Templates with " + format + " header type need an example/sample, but it was not provided.",
                true};
        const auto uploaded = handles_.find(example["header_handle"].at(std::size_t{0}).scalar());
        if (uploaded == handles_.end()) return {100, "the header_handle is of no upload", true};
        if (format_of(uploaded->second) != format)
            return {100, "the header_handle is of a file of type " + uploaded->second, true};
    }
    return {};
}

}  // namespace sim

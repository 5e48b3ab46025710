// dakiya/testing/case.hpp - reads cases: one .json file each, or a folder of raw HTTP texts (sdk/README.md).
#ifndef DAKIYA_TESTING_CASE_HPP
#define DAKIYA_TESTING_CASE_HPP

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/encoding.hpp"
#include "dakiya/form.hpp"
#include "dakiya/json.hpp"
#include "dakiya/testing/library.hpp"
#include "dakiya/text.hpp"

namespace dakiya::testing {

// What one turn must ask for, and what it gets. Without a reply the play ends there.
struct Exchange {
    Json request;                // of http; null when another effect is expected
    Json effect;                 // {"kind", "json"}
    std::optional<Reply> reply;  // of the next turn
};

struct Case {
    std::string name;
    Json settings;
    std::string op;  // empty: a webhook
    Json input;
    std::string credential;
    std::vector<Exchange> turns;
    Inbound inbound;
    Json expect;
    std::int64_t now_ms = 0;

    bool webhook() const { return op.empty(); }
};

// A case that cannot be read: file and reason.
class CaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace detail {

inline void only(const Json& object, std::initializer_list<std::string_view> keys) {
    for (const Json::Member& member : object.members())
        if (std::find(keys.begin(), keys.end(), member.first) == keys.end())
            throw JsonError("unknown key \"" + member.first + "\"");
}

inline std::string hmac_text(std::string_view algorithm, std::string_view key, std::string_view data) {
    std::string out;
    const auto collect = [](void* text, dk_bytes run) { static_cast<std::string*>(text)->assign(view(run)); };
    crypto().hmac(bytes(algorithm), bytes(key), bytes(data), &out, collect);
    return out;
}

// "api_key" → the setting; "basic:user:password" → base64 of two settings; "hmac_sha256_hex:secret" →
// signature of the body. Nothing when it is none of these: the text is then kept as it is.
inline std::optional<std::string> placeholder(std::string_view inner, const Json& settings,
                                              std::string_view body) {
    const auto setting = [&](std::string_view key) -> std::optional<std::string> {
        const Json* found = settings.find(key);
        if (!found || found->is_array() || found->is_object()) return std::nullopt;
        return found->scalar();
    };
    if (auto value = setting(inner)) return value;
    const std::size_t colon = inner.find(':');
    if (colon == inner.npos) return std::nullopt;
    const std::string_view word = inner.substr(0, colon), rest = inner.substr(colon + 1);
    if (word == "basic") {
        const std::size_t second = rest.find(':');
        const auto user = setting(rest.substr(0, second));
        const auto password = second == rest.npos ? std::string() : setting(rest.substr(second + 1));
        return user && password ? std::optional(base64(*user + ":" + *password)) : std::nullopt;
    }
    const auto key = setting(rest);
    if (!key) return std::nullopt;
    if (word == "percent") return percent(*key);
    if (word == "hmac_sha256_hex") return hex(hmac_text("sha256", *key, body));
    if (word == "hmac_sha256_base64") return base64(hmac_text("sha256", *key, body));
    if (word == "hmac_sha1_hex") return hex(hmac_text("sha1", *key, body));
    if (word == "hmac_sha1_base64") return base64(hmac_text("sha1", *key, body));
    return std::nullopt;
}

inline std::string fill(std::string_view text, const Json& settings, std::string_view body = {}) {
    std::string out;
    while (true) {
        const std::size_t open = text.find('<');
        const std::size_t close = open == text.npos ? text.npos : text.find('>', open);
        if (close == text.npos) return out.append(text);
        out.append(text.substr(0, open));
        const std::string_view inner = text.substr(open + 1, close - open - 1);
        if (auto value = placeholder(inner, settings, body)) {
            out += *value;
            text.remove_prefix(close + 1);
        } else {
            out += '<';
            text.remove_prefix(open + 1);
        }
    }
}

inline Json fill(const Json& json, const Json& settings) {
    if (json.is_string()) return fill(std::string_view(json.text()), settings);
    if (json.is_array()) {
        Json copy = Json::array();
        for (const Json& item : json) copy.push_back(fill(item, settings));
        return copy;
    }
    if (!json.is_object()) return json;
    Json copy = Json::object();
    for (const Json::Member& member : json.members()) copy.set(member.first, fill(member.second, settings));
    return copy;
}

inline Headers read_headers(const Json& json) {
    Headers headers;
    if (json.is_null()) return headers;
    for (const Json::Member& member : json.members()) {
        if (member.second.is_array())
            for (const Json& value : member.second) headers.emplace_back(lower(member.first), value.scalar());
        else
            headers.emplace_back(lower(member.first), member.second.scalar());
    }
    return headers;
}

inline Form read_form(const Json& json) {
    Form form;
    for (const Json::Member& member : json.members()) {
        if (member.second.is_array())
            for (const Json& value : member.second) form.add(member.first, value.scalar());
        else
            form.add(member.first, member.second.scalar());
    }
    return form;
}

// "body" as it is, "json" written compactly, or "form" encoded; adds the content-type of the last two.
inline std::string read_body(const Json& json, Headers& headers) {
    const bool typed = std::any_of(headers.begin(), headers.end(),
                                   [](const auto& header) { return header.first == "content-type"; });
    if (const Json* value = json.find("json")) {
        if (!typed) headers.emplace_back("content-type", "application/json");
        return value->dump();
    }
    if (const Json* value = json.find("form")) {
        if (!typed) headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return read_form(*value).encode();
    }
    return json.value("body", "");
}

inline Reply read_reply(const Json& json) {
    only(json, {"status", "headers", "body", "json", "form", "blob", "error"});
    Reply reply;
    reply.error = json.value("error", "");
    reply.status = static_cast<std::uint32_t>(json.value("status", reply.error.empty() ? 200 : 0));
    reply.headers = read_headers(json["headers"]);
    reply.body = read_body(json, reply.headers);
    reply.blob = static_cast<std::uint64_t>(json.value("blob", 0));
    return reply;
}

inline Exchange read_exchange(const Json& json, const Json& settings) {
    only(json, {"request", "effect", "wait", "reply"});
    Exchange exchange;
    if (const Json* ms = json.find("wait"))
        exchange.effect = Json{{"kind", "wait/1"}, {"json", Json{{"ms", *ms}}}};
    else if (const Json* effect = json.find("effect"))
        exchange.effect = fill(*effect, settings);
    else
        exchange.request = fill(json.at("request"), settings);
    if (const Json* reply = json.find("reply")) exchange.reply = read_reply(*reply);
    if (json.contains("wait") && !exchange.reply) exchange.reply = Reply{200, {}, {}, 0, {}};
    if (!exchange.request.is_null())
        only(exchange.request, {"method", "url", "headers", "body", "json", "form", "blob", "parts", "limit",
                                "repeatable", "secret_body", "reply_to_blob"});
    return exchange;
}

inline Inbound read_inbound(const Json& json, const Json& settings) {
    only(json, {"method", "url", "headers", "body", "json", "form", "peer"});
    Inbound in;
    in.method = json.value("method", "POST");
    in.url = fill(std::string_view(json.value("url", "https://dakiya.example/webhooks/p/con_1")), settings);
    in.headers = read_headers(json["headers"]);
    in.body = read_body(json, in.headers);
    in.peer = json.value("peer", "203.0.113.9");
    for (auto& header : in.headers) header.second = fill(header.second, settings, in.body);
    return in;
}

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw CaseError(path.string() + ": cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

// "POST https://… \n name: value \n \n body" → {"method", "url", "headers", "body"}; a reply begins with its
// status, or with "error timeout".
inline Json read_raw(std::string_view text) {
    const auto line = [&] {
        const std::size_t end = text.find('\n');
        std::string_view one = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (!one.empty() && one.back() == '\r') one.remove_suffix(1);
        return one;
    };
    std::string_view first = line();
    if (first.substr(0, 5) == "HTTP/") first.remove_prefix(std::min(first.size(), first.find(' ') + 1));
    const std::size_t space = first.find(' ');
    const std::string_view word = first.substr(0, space);
    const std::string_view rest = space == first.npos ? std::string_view() : first.substr(space + 1);
    Json json = Json::object();
    if (word == "error") {
        json.set("error", rest);
    } else if (!word.empty() && word[0] >= '0' && word[0] <= '9') {
        json.set("status", Json::parse(word));
    } else {
        json.set("method", word);
        json.set("url", rest.substr(0, rest.find(' ')));
    }
    Json headers = Json::object();
    for (std::string_view header = line(); !header.empty(); header = line()) {
        const std::size_t colon = header.find(':');
        if (colon == header.npos) throw JsonError("\"" + std::string(header) + "\" is not a header");
        std::string_view value = header.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        headers.set(lower(std::string(header.substr(0, colon))), value);
    }
    json.set("headers", headers);
    if (text.empty()) return json;
    // Editors end files with a line feed that was not in the recorded body.
    if (text.back() == '\n') text.remove_suffix(1);
    json.set("body", text);
    return json;
}

inline Json read_folder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    Json document =
        fs::exists(folder / "case.json") ? Json::parse(slurp(folder / "case.json")) : Json::object();
    document.set("expect", Json::parse(slurp(folder / "expect.json")));
    if (fs::exists(folder / "inbound")) {
        document.set("inbound", read_raw(slurp(folder / "inbound")));
        return document;
    }
    Json turns = Json::array();
    for (int i = 1; fs::exists(folder / (std::to_string(i) + ".request")); ++i) {
        const fs::path request = folder / (std::to_string(i) + ".request");
        const fs::path reply = folder / (std::to_string(i) + ".reply");
        Json turn{{"request", read_raw(slurp(request))}};
        if (fs::exists(reply)) turn.set("reply", read_raw(slurp(reply)));
        turns.push_back(turn);
    }
    document.set("turns", turns);
    return document;
}

inline Case read_case(std::string name, const Json& document, const Json& shared) {
    only(document, {"about", "op", "settings", "input", "credential", "now", "turns", "inbound", "expect"});
    Case one;
    one.name = std::move(name);
    one.settings = shared;
    if (const Json* own = document.find("settings"))
        for (const Json::Member& member : own->members()) one.settings.set(member.first, member.second);
    one.now_ms = document.value("now", std::int64_t{1795000000000});
    one.expect = fill(document.at("expect"), one.settings);
    only(one.expect, {"status", "explain", "records", "verify", "respond"});
    if (const Json* inbound = document.find("inbound")) {
        one.inbound = read_inbound(*inbound, one.settings);
        one.inbound.now_ms = one.now_ms;
        return one;
    }
    one.op = document.at("op").text();
    one.input = document.contains("input") ? document["input"] : Json::object();
    if (const Json* credential = document.find("credential")) one.credential = credential->dump();
    for (const Json& turn : document["turns"]) one.turns.push_back(read_exchange(turn, one.settings));
    return one;
}

}  // namespace detail

// Every case of a folder, by name. `settings.json` holds what all cases share. Throws CaseError.
inline std::vector<Case> read_cases(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename() != "settings.json" &&
            (entry.is_directory() || entry.path().extension() == ".json"))
            paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());

    std::vector<Case> cases;
    fs::path current = folder / "settings.json";
    try {
        const Json shared = fs::exists(current) ? Json::parse(detail::slurp(current)) : Json::object();
        for (const fs::path& path : paths) {
            current = path;
            const Json document =
                fs::is_directory(path) ? detail::read_folder(path) : Json::parse(detail::slurp(path));
            cases.push_back(detail::read_case(path.stem().string(), document, shared));
        }
    } catch (const JsonError& error) {
        throw CaseError(current.string() + ": " + error.what());
    }
    return cases;
}

}  // namespace dakiya::testing

#endif

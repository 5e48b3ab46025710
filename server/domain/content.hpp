// What a message or a campaign says: the strict reader and the writer of its JSON form.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::domain {

// Only the fields of its kind are set. Placeholders (domain/placeholder.hpp) may stand in `text`, in the
// values of `variables`, and in every text inside `email`, `media`, `interactive`, `location` and `contacts`.
struct Content {
    std::string kind;  // text template media interactive location contacts reaction
    std::string text;
    // Of kind text: {"subject", "html", "attachments"}, or null; other channels do not look at it.
    Json email;
    std::string template_name, template_language;
    Json media, interactive, location, contacts, reaction;
    // Of the template: "1", "name", "header.url", "button.0". "header.media" names a file of ours.
    std::map<std::string, std::string> variables;
    Json extra;            // fields of the provider's manifest.message, or null
    std::string reply_to;  // the provider's id of the message that this answers
};

inline const std::string header_media = "header.media";

namespace limit {
inline constexpr std::size_t text = 4096;    // characters
inline constexpr std::size_t subject = 250;  // characters
inline constexpr std::size_t html = 50'000;  // characters; also of a text that goes with a subject
inline constexpr std::size_t attachments = 10;
inline constexpr std::size_t caption = 1024;   // characters
inline constexpr std::size_t variable = 1024;  // characters
inline constexpr std::size_t variables = 50;
inline constexpr std::size_t contacts = 20;
inline constexpr std::size_t content = 60'000;  // bytes of the whole as JSON; a TEXT column holds 65,535
}  // namespace limit

// Strict: an unknown field, a wrong type, a missing field, a text over its limit and a broken placeholder
// are refused by name. path: where `json` stands in the request ("content"), empty for the top.
//   {"kind":"text","text":"Hi {{name|there}}"}
//   {"kind":"text","text":"…","email":{"subject":"…","html":"…","attachments":[{"filename":"a.pdf",
//    "type":"application/pdf","url":"https://…" or "data":"<base64>" or "media":"med_…","cid":"…"}]}}
//   {"kind":"template","template":{"name":"order","language":"en"},"variables":{"1":"{{name|there}}"}}
//   {"kind":"media","media":{"type":"image","url":"https://…" or "media":"med_…","caption":"…",
//    "filename":"…"}}
//   {"kind":"interactive","interactive":{"type":"button",…}}
//   {"kind":"location","location":{"latitude":12.9,"longitude":77.6,"name":"…","address":"…"}}
//   {"kind":"contacts","contacts":[…]}   {"kind":"reaction","reaction":{"message_id":"…","emoji":"👍"}}
// and with any of them "extra":{…} and "reply_to":"…".
Result<Content> parse_content(const Json& json, std::string_view path);

// The form that parse_content reads; what is not set is left out.
Json to_json(const Content& content);

}  // namespace dakiya::domain

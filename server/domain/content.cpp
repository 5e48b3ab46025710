#include "domain/content.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/id.hpp"
#include "base/text.hpp"
#include "domain/form.hpp"
#include "domain/media.hpp"
#include "domain/placeholder.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t longest_id = 190;    // characters, the width of our columns for providers' ids
constexpr std::size_t longest_name = 255;  // characters of a template's name
constexpr std::size_t longest_language = 16;
constexpr std::size_t longest_url = 2000;
constexpr std::size_t longest_filename = 240;
constexpr std::size_t longest_emoji = 16;  // code points; a family with skin tones has 11
constexpr std::size_t longest_variable_name = 64;

constexpr std::array<std::string_view, 5> media_types{"image", "video", "audio", "document", "sticker"};

using Wrong = std::optional<Error>;

void check_text(std::string_view text, const std::string& path, Wrong& wrong) {
    if (const auto checked = check_placeholders(text, path); !checked && !wrong) wrong = checked.error();
}

void check_texts(const Json& json, const std::string& path, Wrong& wrong) {
    if (json.is_string()) check_text(json.text(), path, wrong);
    if (json.is_array())
        for (std::size_t i = 0; i < json.size(); ++i)
            check_texts(json.items()[i], path + "." + std::to_string(i), wrong);
    if (json.is_object())
        for (const auto& member : json.members())
            check_texts(member.second, path + "." + member.first, wrong);
}

void set_if(Json& json, std::string_view field, const std::string& text) {
    if (!text.empty()) json.set(field, text);
}

bool plausible_url(std::string_view url) {
    const std::string start = lower_ascii(url.substr(0, 8));
    return start.rfind("https://", 0) == 0 || start.rfind("http://", 0) == 0 || start.rfind("{{", 0) == 0;
}

bool one_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
}

bool is_base64(std::string_view text) {
    const auto end = text.find_last_not_of('=') + 1;
    return !text.empty() && text.size() % 4 == 0 && text.size() - end <= 2 &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '/';
           });
}

// RFC 6838 4.2: "type/subtype".
bool is_media_type(std::string_view text) {
    const auto slash = text.find('/');
    return slash != 0 && slash != text.npos && slash + 1 < text.size() &&
           text.find('/', slash + 1) == text.npos && std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c <= '~' &&
                      std::string_view("()<>@,;:\\\"[]?=").find(c) == std::string_view::npos;
           });
}

// How many of these fields an object has.
int count_of(const Form& form, std::initializer_list<std::string_view> fields) {
    return static_cast<int>(
        std::count_if(fields.begin(), fields.end(), [&](std::string_view field) { return form.has(field); }));
}

// The id of a file of ours, or empty.
std::string read_media_id(Form& form) {
    std::string id = form.optional_text("media", longest_id);
    if (form.has("media") && !parse_id(prefix::media, id))
        form.refuse("media", "that is not the id of a file (med_…), as POST /v1/media gives it");
    return id;
}

Json read_attachment(const Json& json, const std::string& path, Wrong& wrong) {
    Form form(json, path, wrong);
    form.only({"filename", "type", "url", "data", "media", "cid"});
    Json file{{"filename", form.text("filename", longest_filename)}, {"type", form.text("type", longest_id)}};
    if (!one_line(file.at("filename").text()))
        form.refuse("filename", "has a line break or a control character");
    if (!is_media_type(file.at("type").text())) form.refuse("type", "must be like application/pdf");
    if (count_of(form, {"url", "data", "media"}) != 1)
        form.refuse("url",
                    "give one of: the url of the file, the file itself as data (in base64), its id as media");
    const std::string url = form.optional_text("url", longest_url);
    if (form.has("url") && !plausible_url(url)) form.refuse("url", "must start with https:// or http://");
    const std::string data = form.optional_text("data", limit::content);
    if (form.has("data") && !is_base64(data))
        form.refuse("data", "must be base64, without blanks or line breaks");
    const std::string cid = form.optional_text("cid", longest_variable_name);
    if (!std::all_of(cid.begin(), cid.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                   c == '_' || c == '.';
        }))
        form.refuse("cid", "may have letters, digits, '.', '-' and '_' only");
    set_if(file, "url", url);
    set_if(file, "data", data);
    set_if(file, "media", read_media_id(form));
    set_if(file, "cid", cid);
    return file;
}

void read_email(const Json& json, const std::string& path, Content& content, Wrong& wrong) {
    if (json.is_null()) return;
    Form form(json, path, wrong);
    form.only({"subject", "html", "attachments"});
    content.email = Json{{"subject", form.text("subject", limit::subject)}};
    if (!one_line(content.email.at("subject").text())) form.refuse("subject", "must be one line");
    set_if(content.email, "html", form.optional_text("html", limit::html));
    if (form.has("attachments")) {
        Json files = Json::array();
        const Json& list = form.array("attachments", limit::attachments);
        for (std::size_t i = 0; i < list.size(); ++i)
            files.push_back(
                read_attachment(list.items()[i], form.path("attachments") + "." + std::to_string(i), wrong));
        content.email.set("attachments", std::move(files));
    }
    check_text(content.email.at("subject").text(), form.path("subject"), wrong);
    check_texts(content.email["attachments"], form.path("attachments"), wrong);
    if (const Json* html = content.email.find("html"))
        if (auto checked = check_html_placeholders(html->text(), form.path("html")); !checked && !wrong)
            wrong = checked.error();
}

void read_text(Form& form, Content& content, Wrong& wrong) {
    content.text = form.text("text", form.has("email") ? limit::html : limit::text);
    check_text(content.text, form.path("text"), wrong);
    read_email(form.optional_object("email"), form.path("email"), content, wrong);
}

void read_variables(const Json& json, const std::string& path, Content& content, Wrong& wrong) {
    if (json.is_null()) return;
    Form form(json, path, wrong);
    if (json.size() > limit::variables)
        form.refuse("", "has " + std::to_string(json.size()) + " variables; at most " +
                            std::to_string(limit::variables) + " are allowed");
    if (wrong) return;
    for (const auto& member : json.members()) {
        const std::string& name = member.first;
        if (name.empty() || utf8_length(name) > longest_variable_name)
            form.refuse("", "has a variable whose name is empty or over 64 characters");
        content.variables[name] = form.text(name, limit::variable);
        check_text(content.variables[name], form.path(name), wrong);
    }
}

// A template's file is the same for everybody, so it needs no person's values.
void check_header_media(const Content& content, const std::string& path, Wrong& wrong) {
    const auto media = content.variables.find(header_media);
    if (media == content.variables.end() || wrong) return;
    if (!parse_id(prefix::media, media->second))
        wrong = invalid(path + "." + header_media,
                        "that is not the id of a file (med_…), as POST /v1/media gives it");
    else if (content.variables.count("header.url") + content.variables.count("header.handle") > 0)
        wrong = invalid(path + "." + header_media, "give one of header.url, header.handle and header.media");
}

void read_template(Form& form, Content& content, Wrong& wrong) {
    Form inner(form.object("template"), form.path("template"), wrong);
    inner.only({"name", "language"});
    content.template_name = inner.text("name", longest_name);
    content.template_language = inner.text("language", longest_language);
    read_variables(form.optional_object("variables"), form.path("variables"), content, wrong);
    check_header_media(content, form.path("variables"), wrong);
}

void read_media(Form& form, Content& content, Wrong& wrong) {
    Form inner(form.object("media"), form.path("media"), wrong);
    inner.only({"type", "url", "handle", "media", "caption", "filename"});
    const std::string type = inner.text("type", longest_id);
    if (std::find(media_types.begin(), media_types.end(), type) == media_types.end())
        inner.refuse("type", "must be image, video, audio, document or sticker");
    if (count_of(inner, {"url", "handle", "media"}) != 1)
        inner.refuse(
            "url",
            "give one of: the url of the file, its id as media, the handle that the provider has for it");
    const std::string url = inner.optional_text("url", longest_url);
    if (inner.has("url") && !plausible_url(url)) inner.refuse("url", "must start with https:// or http://");
    const std::string handle = inner.optional_text("handle", longest_id);
    if (inner.has("handle") && trim(handle).empty()) inner.refuse("handle", "is empty");

    content.media = Json{{"type", type}};
    set_if(content.media, "url", url);
    set_if(content.media, "handle", handle);
    set_if(content.media, "media", read_media_id(inner));
    set_if(content.media, "caption", inner.optional_text("caption", limit::caption));
    set_if(content.media, "filename", inner.optional_text("filename", longest_filename));
    check_texts(content.media, form.path("media"), wrong);
}

// Only its frame is checked: what may be inside differs by type and by provider, whose plugin refuses what
// it cannot send.
void read_interactive(Form& form, Content& content, Wrong& wrong) {
    content.interactive = form.object("interactive");
    Form inner(content.interactive, form.path("interactive"), wrong);
    inner.text("type", longest_id);
    check_texts(content.interactive, form.path("interactive"), wrong);
}

void read_location(Form& form, Content& content, Wrong& wrong) {
    Form inner(form.object("location"), form.path("location"), wrong);
    inner.only({"latitude", "longitude", "name", "address"});
    content.location = Json{{"latitude", inner.number("latitude", -90, 90)},
                            {"longitude", inner.number("longitude", -180, 180)}};
    set_if(content.location, "name", inner.optional_text("name", limit::caption));
    set_if(content.location, "address", inner.optional_text("address", limit::caption));
    check_texts(content.location, form.path("location"), wrong);
}

void read_contacts(Form& form, Content& content, Wrong& wrong) {
    content.contacts = form.array("contacts", limit::contacts);
    for (std::size_t i = 0; i < content.contacts.size(); ++i) {
        Form card(content.contacts.items()[i], form.path("contacts") + "." + std::to_string(i), wrong);
        card.object("name");
    }
    check_texts(content.contacts, form.path("contacts"), wrong);
}

// An empty emoji takes an earlier reaction away.
void read_reaction(Form& form, Content& content, Wrong& wrong) {
    Form inner(form.object("reaction"), form.path("reaction"), wrong);
    inner.only({"message_id", "emoji"});
    if (!inner.has("emoji")) inner.refuse("emoji", "is missing; give an empty text to remove a reaction");
    content.reaction = Json{{"message_id", inner.text("message_id", longest_id)},
                            {"emoji", inner.optional_text("emoji", longest_emoji)}};
}

struct Kind {
    std::string_view name;
    void (*read)(Form&, Content&, Wrong&);
};

constexpr Kind kinds[] = {
    {"text", read_text},         {"template", read_template},
    {"media", read_media},       {"interactive", read_interactive},
    {"location", read_location}, {"contacts", read_contacts},
    {"reaction", read_reaction},
};

void read_kind(Form& form, Content& content, Wrong& wrong) {
    content.kind = form.text("kind", longest_id);
    const auto kind = std::find_if(std::begin(kinds), std::end(kinds),
                                   [&](const Kind& known) { return known.name == content.kind; });
    if (kind == std::end(kinds)) {
        form.refuse("kind", "must be text, template, media, interactive, location, contacts or reaction");
        return;
    }
    if (content.kind == "template")
        form.only({"kind", "template", "variables", "extra", "reply_to"});
    else if (content.kind == "text")
        form.only({"kind", "text", "email", "extra", "reply_to"});
    else
        form.only({"kind", content.kind, "extra", "reply_to"});
    kind->read(form, content, wrong);
}

}  // namespace

Result<Content> parse_content(const Json& json, std::string_view path) {
    Wrong wrong;
    Content content;
    Form form(json, path, wrong);
    read_kind(form, content, wrong);
    content.extra = form.optional_object("extra");
    content.reply_to = form.optional_text("reply_to", longest_id);
    if (wrong) return *wrong;
    if (to_json(content).dump().size() > limit::content)
        return Error{Code::too_large, "the content is over " + std::to_string(limit::content) + " bytes",
                     std::string(path)};
    return content;
}

Json to_json(const Content& content) {
    Json json{{"kind", content.kind}};
    set_if(json, "text", content.text);
    if (content.kind == "template") {
        json.set("template", Json{{"name", content.template_name}, {"language", content.template_language}});
        Json variables = Json::object();
        for (const auto& [name, text] : content.variables) variables.set(name, text);
        if (!variables.empty()) json.set("variables", std::move(variables));
    }
    const auto add = [&](std::string_view field, const Json& value) {
        if (!value.is_null()) json.set(field, value);
    };
    add("email", content.email);
    add("media", content.media);
    add("interactive", content.interactive);
    add("location", content.location);
    add("contacts", content.contacts);
    add("reaction", content.reaction);
    add("extra", content.extra);
    set_if(json, "reply_to", content.reply_to);
    return json;
}

}  // namespace dakiya::domain

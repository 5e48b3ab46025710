#include "session.hpp"

#include "dakiya/waba.hpp"

namespace gupshup {

using dakiya::Json;
using dakiya::Recipient;
using dakiya::Send;
namespace waba = dakiya::waba;

namespace {

// Only what has a value: Gupshup refuses a null caption.
void put(Json& object, std::string_view key, std::string value) {
    if (!value.empty()) object.set(key, std::move(value));
}

Json media(const std::string& type, const Json& cloud) {
    Json out{{"type", type == "document" ? "file" : type}};
    const std::string link = cloud.value("link", "");
    if (link.empty()) {
        out.set("id", cloud.at("id"));
    } else if (type == "image") {
        out.set("originalUrl", link);
        out.set("previewUrl", link);
    } else {
        out.set("url", link);
    }
    put(out, "filename", cloud.value("filename", ""));
    put(out, "caption", cloud.value("caption", ""));
    return out;
}

// Cloud API's names of a contact's members, and Gupshup's.
Json renamed(const Json& object, std::initializer_list<std::pair<const char*, const char*>> names) {
    Json out = Json::object();
    for (const auto& [theirs, ours] : names)
        if (const Json& value = object[theirs]; !value.is_null()) out.set(ours, value);
    return out;
}

Json contact(const Json& cards) {
    if (cards.size() != 1)
        throw waba::Refused("Gupshup takes one contact in a message; send them one by one");
    const Json& card = cards.at(0);
    Json out{{"name", renamed(card["name"], {{"first_name", "firstName"},
                                             {"formatted_name", "formattedName"},
                                             {"last_name", "lastName"}})}};
    const auto add = [&](const char* list, auto names) {
        Json items = Json::array();
        for (const Json& item : card[list]) items.push_back(renamed(item, names));
        if (!items.empty()) out.set(list, std::move(items));
    };
    using Names = std::initializer_list<std::pair<const char*, const char*>>;
    add("phones", Names{{"phone", "phone"}, {"type", "type"}});
    add("emails", Names{{"email", "email"}, {"type", "type"}});
    add("addresses", Names{{"street", "street"},
                           {"city", "city"},
                           {"state", "state"},
                           {"zip", "zip"},
                           {"country", "country"},
                           {"country_code", "countryCode"},
                           {"type", "type"}});
    return {{"type", "contact"}, {"contact", out}};
}

Json quick_reply(const Json& cloud, const std::string& ref) {
    Json content{{"type", "text"}};
    if (const Json& header = cloud["header"]; header.is_object()) {
        const std::string type = header.value("type", "");
        if (type == "text") {
            put(content, "header", header.value("text", ""));
        } else {
            const std::string link = header[type].value("link", "");
            if (link.empty())
                throw waba::Refused(
                    "Gupshup takes the media above buttons by its address only, not by a handle");
            content.set("type", type == "document" ? "file" : type);
            content.set("url", link);
            put(content, "filename", header[type].value("filename", ""));
        }
    }
    content.set("text", cloud["body"].value("text", ""));
    put(content, "caption", cloud["footer"].value("text", ""));
    Json options = Json::array();
    for (const Json& button : cloud["action"]["buttons"])
        options.push_back({{"type", "text"},
                           {"title", button["reply"].value("title", "")},
                           {"postbackText", button["reply"].value("id", "")}});
    Json out{{"type", "quick_reply"}};
    put(out, "msgid", ref);  // comes back in the tap
    out.set("content", std::move(content));
    out.set("options", std::move(options));
    return out;
}

Json list(const Json& cloud, const std::string& ref) {
    if (!cloud["footer"].is_null()) throw waba::Refused("lists of Gupshup have no footer: leave it out");
    Json items = Json::array();
    for (const Json& section : cloud["action"]["sections"]) {
        Json options = Json::array();
        for (const Json& row : section["rows"]) {
            Json option{{"type", "text"}, {"title", row.value("title", "")}};
            put(option, "description", row.value("description", ""));
            option.set("postbackText", row.value("id", ""));
            options.push_back(std::move(option));
        }
        Json item = Json::object();
        put(item, "title", section.value("title", ""));
        item.set("options", std::move(options));
        items.push_back(std::move(item));
    }
    Json out{{"type", "list"}};
    put(out, "title", cloud["header"].value("text", ""));
    out.set("body", cloud["body"].value("text", ""));
    put(out, "msgid", ref);
    out.set("globalButtons",
            Json::array({Json{{"type", "text"}, {"title", cloud["action"].value("button", "")}}}));
    out.set("items", std::move(items));
    return out;
}

Json interactive(const Json& cloud, const std::string& ref) {
    const std::string type = cloud.value("type", "");
    if (type == "button") return quick_reply(cloud, ref);
    if (type == "list") return list(cloud, ref);
    if (type == "location_request_message")
        return {{"type", type},
                {"body", Json{{"type", "text"}, {"text", cloud["body"].value("text", "")}}},
                {"action", Json{{"name", "send_location"}}}};
    throw waba::Refused(
        "interactive messages of type \"" + type +
        "\" go out through Gupshup's partner API only: choose it in the connection's settings");
}

}  // namespace

Json session_message(const Send& in, const Recipient& to, std::string_view handle) {
    // Meta's limits are the same behind every partner, and so are the names of what is in a message.
    const Json cloud = waba::build_message(in, to, handle);
    const std::string type = cloud.at("type").text();
    const Json& object = cloud.at(type);
    Json out;
    if (type == "text")
        out = {{"type", "text"}, {"text", object.at("body")}, {"previewUrl", object.at("preview_url")}};
    else if (type == "location")
        out = {
            {"type", "location"}, {"longitude", in.location->longitude}, {"latitude", in.location->latitude}};
    else if (type == "contacts")
        out = contact(object);
    else if (type == "reaction")
        out = {{"type", "reaction"}, {"msgId", object.at("message_id")}, {"emoji", object.at("emoji")}};
    else if (type == "interactive")
        out = interactive(object, to.ref);
    else
        out = media(type, object);
    if (type == "location") {
        put(out, "name", in.location->name);
        put(out, "address", in.location->address);
    }
    if (!in.reply_to.empty() && type != "reaction") out.set("context", Json{{"msgId", in.reply_to}});
    return out;
}

}  // namespace gupshup

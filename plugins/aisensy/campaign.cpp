#include "campaign.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"

namespace aisensy {

using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
using dakiya::starts_with;
using dakiya::Template;
using dakiya::upper;
using dakiya::waba::is_digits;
using dakiya::waba::lower;
using dakiya::waba::Refused;

namespace {

constexpr std::string_view id_prefix = "campaign:", button_prefix = "button.";
constexpr const char* name_param = "user_name";  // of the contact in AiSensy

const std::string* find(const Recipient& to, const std::string& name) {
    const auto found = to.params.find(name);
    return found == to.params.end() || found->second.empty() ? nullptr : &found->second;
}

// ---- values

void check_name(const std::string& name) {
    if (is_digits(name) || name == name_param || name == "header.url" || name == "header.filename") return;
    if (starts_with(name, button_prefix) && is_digits(std::string_view(name).substr(button_prefix.size())))
        return;
    if (name == "header.handle")
        throw Refused("AiSensy takes the file of a header by its web address only, not by a handle",
                      "template");
    if (starts_with(name, "header"))
        throw Refused("AiSensy's campaigns take no value for \"" + name + "\": only a file in the header",
                      "template");
    if (starts_with(name, "card."))
        throw Refused(
            "carousels are not sent through AiSensy's campaigns: how they want the cards is not known",
            "template");
    throw Refused("AiSensy's campaigns know values by number only, not \"" + name + "\"", "template");
}

// How many the campaign wants, when it was listed; else 0.
std::size_t listed_count(const Json& components) {
    if (!components.is_array()) return 0;
    for (const Json& part : components)
        if (part.value("type", "") == "BODY")
            return dakiya::waba::variables_of(dakiya::waba::text_of(part, "text")).size();
    return 0;
}

// In order, without a gap: AiSensy counts them and refuses another number than the campaign's.
std::vector<std::string> body_values(const Template& wanted, const Recipient& to) {
    const bool listed = wanted.components.is_array();
    std::size_t given = 0;
    for (const auto& [name, value] : to.params)
        if (is_digits(name)) ++given;
    const std::size_t count = listed ? listed_count(wanted.components) : given;
    std::vector<std::string> values;
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string* value = find(to, std::to_string(i));
        if (!value) throw Refused("the campaign needs a value for \"" + std::to_string(i) + "\"", "template");
        values.push_back(dakiya::waba::flatten(*value));
    }
    if (given > count)
        throw Refused(
            "the campaign has " + std::to_string(count) + " values, " + std::to_string(given) + " were given",
            "template");
    return values;
}

std::string sub_type_of(const Json& components, std::size_t index) {
    if (components.is_array())
        for (const Json& part : components)
            if (part.value("type", "") == "BUTTONS" && index < part["buttons"].size())
                return lower(part["buttons"].at(index).value("type", "URL"));
    return "url";
}

Json button(const std::string& sub_type, std::size_t index, const std::string& value) {
    const bool coupon = sub_type == "copy_code";
    Json filled = Json::object();
    filled.set("type", coupon ? "coupon_code" : "text");
    filled.set(coupon ? "coupon_code" : "text", value);
    return {
        {"type", "button"}, {"sub_type", sub_type}, {"index", index}, {"parameters", Json::array({filled})}};
}

// The values of link and coupon buttons; the code of an authentication template is given here a second time.
void add_buttons(const Account& account, const Template& wanted, const Recipient& to,
                 std::vector<std::string>& values, Json& body) {
    Json buttons = Json::array();
    for (std::size_t i = 0; i < 10; ++i) {
        const std::string* value = find(to, std::string(button_prefix) + std::to_string(i));
        if (!value) continue;
        const std::string sub_type = sub_type_of(wanted.components, i);
        if (account.button_values_in_params && sub_type == "url")
            values.push_back(*value);
        else
            buttons.push_back(button(sub_type, i, *value));
    }
    if (lower(wanted.category) == "authentication" && buttons.empty() && !values.empty())
        buttons.push_back(button("url", 0, values.front()));
    if (!buttons.empty()) body.set("buttons", std::move(buttons));
}

// A document is shown by its name, and AiSensy wants one with every file.
std::string file_name(const std::string& url) {
    const std::string path = url.substr(0, url.find_first_of("?#"));
    const std::string name = path.substr(path.rfind('/') + 1);
    return name.empty() ? "file" : name;
}

void add_media(const Recipient& to, Json& body) {
    const std::string* url = find(to, "header.url");
    if (!url) return;
    if (!starts_with(*url, "https://") && !starts_with(*url, "http://"))
        throw Refused("the address of the header's file must begin with https:// or http://", "template");
    const std::string* name = find(to, "header.filename");
    body.set("media", Json{{"url", *url}, {"filename", name ? *name : file_name(*url)}});
}

bool wants_media(const Json& components) {
    if (components.is_array())
        for (const Json& part : components)
            if (part.value("type", "") == "HEADER") return true;
    return false;
}

// ---- listing

// The parts may be at the top, or below "data" or "campaign".
const Json& request_of(const Json& body) {
    for (const Json* place : {&body, &body["data"], &body["campaign"]})
        if ((*place)["requestBody"].is_object()) return (*place)["requestBody"];
    return body.at("requestBody");
}

const char* format_of(const std::string& url) {
    const std::string small = lower(url.substr(0, url.find_first_of("?#")));
    const auto ends = [&](std::string_view end) {
        return small.size() >= end.size() && small.compare(small.size() - end.size(), end.size(), end) == 0;
    };
    if (ends(".mp4") || ends(".3gp")) return "VIDEO";
    return ends(".pdf") || ends(".docx") || ends(".xlsx") ? "DOCUMENT" : "IMAGE";
}

// Only buttons with a value are told, by their index; those before them take none.
Json listed_buttons(const Json& samples) {
    Json buttons = Json::array();
    if (!samples.is_array()) return buttons;
    for (const Json& sample : samples) {
        const std::string index = sample["index"].scalar();
        const std::size_t at = is_digits(index) && index.size() == 1 ? index[0] - '0' : 0;
        while (buttons.size() <= at) buttons.push_back(Json{{"type", "QUICK_REPLY"}});
        buttons.items()[at] = Json{{"type", upper(sample.value("sub_type", "url"))}};
    }
    return buttons;
}

}  // namespace

std::string campaign_of(const Account& account, const Template& wanted) {
    if (starts_with(wanted.id, id_prefix)) return wanted.id.substr(id_prefix.size());
    if (!wanted.id.empty()) return {};
    const bool known =
        std::find(account.campaigns.begin(), account.campaigns.end(), wanted.name) != account.campaigns.end();
    return known || !account.has_project() ? wanted.name : std::string();
}

Http campaign_request(const Account& account, const Send& in, const std::string& campaign) {
    const Recipient& to = in.to.front();
    const Template& wanted = *in.template_;
    if (!dakiya::waba::is_phone(to.address))
        throw Refused("AiSensy's campaigns need a number with + and its country code", "recipient");
    for (const auto& [name, value] : to.params) check_name(name);

    const std::string* name = find(to, name_param);
    Json body{{"apiKey", ""},
              {"campaignName", campaign},
              {"destination", to.address},
              {"userName", name ? *name : to.address.substr(1)},
              {"source", "dakiya"}};
    std::vector<std::string> values = body_values(wanted, to);
    add_buttons(account, wanted, to, values, body);
    Json params = Json::array();
    for (std::string& value : values) params.push_back(std::move(value));
    body.set("templateParams", std::move(params));
    add_media(to, body);
    if (wants_media(wanted.components) && !body.contains("media"))
        throw Refused("the campaign needs a file for its header: give \"header.url\"", "template");
    if (in.extra["tags"].is_array()) body.set("tags", in.extra["tags"]);
    return account.campaign("/v2", std::move(body));
}

Next read_submitted(const Account& account, const Reply& reply) {
    const Answer answer = read_answer(account, Api::campaign, reply);
    Next next = Next::done();
    if (answer.kind == Answer::Kind::refused) return next.failed(0, answer.error);
    if (answer.kind == Answer::Kind::unclear) return next.uncertain(0, answer.error);
    if (!is_success(answer.body))
        return next.uncertain(0, {"provider", "200", "AiSensy's answer does not say whether it was taken"});
    return next.sent(0, answer.body["submitted_message_id"].scalar());  // some accounts get none
}

Http ask_campaign(const Account& account, const std::string& campaign) {
    return account.campaign("/campaign-details", {{"apiKey", ""}, {"campaignName", campaign}});
}

// The text is not told; what is shown in its place has the values only.
Json read_campaign(const std::string& campaign, const Json& body) {
    const Json& request = request_of(body);
    Json variables = Json::array(), components = Json::array();
    std::string text = "[" + campaign + "]";
    for (std::size_t i = 1; i <= request["templateParams"].size(); ++i) {
        variables.push_back(std::to_string(i));
        text += " {{" + std::to_string(i) + "}}";
    }
    if (const std::string url =
            request["media"].is_object() ? request["media"]["url"].scalar() : std::string();
        !url.empty()) {
        components.push_back(Json{{"type", "HEADER"}, {"format", format_of(url)}});
        variables.push_back("header.url");
    }
    components.push_back(Json{{"type", "BODY"}, {"text", text}});
    Json buttons = listed_buttons(request["buttons"]);
    for (std::size_t i = 0; i < buttons.size(); ++i)
        if (buttons.at(i)["type"] != Json("QUICK_REPLY"))
            variables.push_back(std::string(button_prefix) + std::to_string(i));
    if (!buttons.empty()) components.push_back(Json{{"type", "BUTTONS"}, {"buttons", std::move(buttons)}});
    return {{"name", campaign},
            {"language", "und"},  // ISO 639-2: undetermined; the campaign has one, which is not told
            {"status", "approved"},
            {"id", std::string(id_prefix) + campaign},
            {"components", std::move(components)},
            {"variables", std::move(variables)}};
}

}  // namespace aisensy

// Source: aisensy.com/docs/api-docs (Campaign API), aisensy.stoplight.io "project-api", and AiSensy's own n8n
// node.
#include "aisensy.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

Json texts(const Json& list) {
    Json out = Json::array();
    for (const Json& item : list) out.push_back(item);
    return out;
}

}  // namespace

Reply AiSensy::answer(const Request& request) {
    constexpr std::string_view campaigns = "/campaign/t1/api/";
    const std::string project = "/project-apis/v1/project/" + config().project_id;
    if (request.path.starts_with(campaigns))
        return campaign_api(request, request.path.substr(campaigns.size()));
    if (request.path.starts_with(project)) return project_api(request, request.path.substr(project.size()));
    if (request.path.starts_with("/project-apis/v1/project/")) return refuse(404, "Project not found");
    return refuse(404, "no such path: " + std::string(request.path), true);
}

Reply AiSensy::refuse(int status, std::string_view text, bool violation) {
    if (violation) world_.violation(Provider::aisensy, std::to_string(status) + ": " + std::string(text));
    world_.refuse(Provider::aisensy, status);
    return json(Json{{"message", text}}, status);
}

// ---- Campaign API: the key is in the body

Reply AiSensy::campaign_api(const Request& request, std::string_view path) {
    if (request.method != "POST" || (path != "v2" && path != "campaign-details"))
        return refuse(404, "no such path: " + std::string(path), true);
    if (!request.header("authorization").empty())
        world_.violation(Provider::aisensy, "the Campaign API takes no Authorization header");
    Json body;
    try {
        body = Json::parse(request.body);
        if (body.at("apiKey").text() != config().api_key) return refuse(401, "Invalid API key");
        return path == "v2" ? send(body) : details(body.at("campaignName").text());
    } catch (const dakiya::JsonError& wrong) {
        return refuse(400, wrong.what(), true);
    }
}

const AiSensyCampaign* AiSensy::campaign_named(std::string_view name) const {
    for (const AiSensyCampaign& campaign : config().campaigns)
        if (campaign.name == name) return &campaign;
    return nullptr;
}

Reply AiSensy::details(std::string_view name) {
    const AiSensyCampaign* campaign = campaign_named(name);
    if (!campaign) return json(Json{{"message", "Campaign does not exist."}}, 400);
    if (campaign->status != "LIVE") return json(Json{{"message", "Campaign is not live."}}, 400);
    Json params = Json::array(), buttons = Json::array();
    for (std::size_t i = 1; i <= campaign->params; ++i) params.push_back("value " + std::to_string(i));
    if (campaign->button)
        buttons.push_back(Json{{"type", "button"},
                               {"sub_type", "url"},
                               {"index", 0},
                               {"parameters", Json::array({Json{{"type", "text"}, {"text", "x"}}})}});
    Json media = Json::object();
    if (campaign->media) media = Json{{"url", "https://cdn.example/i.pdf"}, {"filename", "i.pdf"}};
    return json(Json{{"success", true},
                     {"requestBody", Json{{"campaignName", name},
                                          {"templateParams", std::move(params)},
                                          {"media", std::move(media)},
                                          {"buttons", std::move(buttons)}}}});
}

Reply AiSensy::send(const Json& body) {
    Fault fault;
    Fields root(body, nullptr, "", fault);
    root.ignore("apiKey");
    const std::string_view name = root.text("campaignName", Fields::required, 200);
    const std::string_view destination = root.text("destination", Fields::required, 20);
    root.text("userName", Fields::required, 200);
    root.text("source", Fields::optional, 200);
    for (const char* part : {"attributes", "location", "paramsFallbackValue"}) root.object(part);
    root.list("tags", Fields::optional, 100, 0);
    root.list("carouselCards", Fields::optional, 10, 0);
    const Json* params = root.list("templateParams", Fields::optional, 100, 0);
    const Json* buttons = root.list("buttons", Fields::optional, 10, 0);
    const Json* media = root.object("media");
    root.finish();
    if (params)
        for (const Json& param : *params)
            if (!param.is_string()) root.fail(Fault::Kind::wrong_type, "templateParams", "must be texts");
    if (fault) return refuse(400, fault.message(), true);

    const AiSensyCampaign* campaign = campaign_named(name);
    if (!campaign) return refuse(400, "Campaign does not exist.");
    if (campaign->status != "LIVE") return refuse(400, "Campaign is not live.");
    if ((params ? params->size() : 0) != campaign->params)
        return refuse(400, "Template params does not match the campaign", true);
    if (campaign->button && (!buttons || buttons->empty()))
        return refuse(400, "Button at index 0 of type Url requires a parameter", true);
    const bool has_media = media && !media->value("url", "").empty();
    if (campaign->media != has_media) return refuse(400, "Media does not match the campaign", true);
    if (has_media && media->value("filename", "").empty())
        world_.violation(Provider::aisensy, "media without a filename");
    // Without the plus a number that fits no country is taken for Indian.
    const std::uint64_t to = destination.starts_with('+') ? bare_number(destination.substr(1)) : 0;
    if (to == 0) return refuse(400, "Invalid destination", true);

    Message message;
    const std::string values = params ? texts(*params).dump() : "";
    message.to = to;
    message.kind = "campaign";
    message.template_name = name;
    message.params = values;
    return accept(message, "Invalid destination");
}

// ---- Project API

Reply AiSensy::project_api(const Request& request, std::string_view path) {
    const std::string_view password = request.header("x-aisensy-project-api-pwd");
    if (password != config().project_password) return refuse(401, "Unauthorized", password.empty());
    const bool get = request.method == "GET";
    if (get && path.empty())
        return json(Json{{"id", config().project_id},
                         {"name", "Simulated"},
                         {"status", "ACTIVE"},
                         {"sandbox", false},
                         {"credit", 12'345'678},
                         {"wa_number", "919800000001"},
                         {"wa_messaging_tier", "TIER_1K"},
                         {"wa_quality_rating", "GREEN"},
                         {"billing_currency", "INR"}});
    if (get && path == "/wa_template/") {
        const Form query = parse_form(request.query);
        const bool first = !find(query, "after");  // all are on the first page
        return json(Json{{"template", first ? config().templates : Json::array()}});
    }
    if (get && path.starts_with("/messages/")) return state(path.substr(10));
    if (request.method == "POST" && path == "/messages") return message(request);
    return refuse(404, "no such path: " + std::string(path), true);
}

// Meta's shape, but without what only Meta wants.
Reply AiSensy::message(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    Fields root(body, nullptr, "", fault);
    const std::string_view to = root.text("to", Fields::required, 20);
    const std::string_view type = root.text("type", Fields::required, 20);
    if (root.text("recipient_type", Fields::optional, 20) == "group")
        root.fail(Fault::Kind::bad_value, "recipient_type", "must be individual");
    root.object("context");
    const Json* content = root.any(type, Fields::required);
    root.finish();
    if (fault) return refuse(400, fault.message(), true);
    if (bare_number(to) == 0) return refuse(400, "to must be digits with country code, no +", true);

    Message accepted;
    std::string name;
    accepted.to = bare_number(to);
    accepted.kind = type;
    if (type == "text") accepted.text = (*content)["body"].text();
    if (type == "template") {
        name = content->value("name", "");
        const auto& all = config().templates.items();
        if (std::none_of(all.begin(), all.end(),
                         [&](const Json& made) { return made.value("name", "") == name; }))
            return json(Json{{"error", Json{{"message", "template does not exist"}, {"code", 132001}}}}, 400);
        accepted.template_name = name;
    }
    return accept(accepted, "Message undeliverable");
}

Reply AiSensy::accept(Message message, std::string_view refused_with) {
    if (!world_.within_rate(Provider::aisensy, "account", config().rate))
        return refuse(429, "Too many requests");
    message.provider = Provider::aisensy;
    message.whatsapp = true;
    message.sender = config().project_id;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return json(Json{{"message", refused_with}}, outcome.refused == aisensy_role.throttled ? 429 : 400);
    if (outcome.unanswered) return no_answer();
    const std::string id = world_.ledger().id(*outcome.n), digits = std::to_string(message.to);
    // The Campaign API's success is a text.
    if (message.kind == "campaign") return json(Json{{"success", "true"}, {"submitted_message_id", id}});
    return json(Json{{"messaging_product", "whatsapp"},
                     {"contacts", Json::array({Json{{"input", digits}, {"wa_id", digits}}})},
                     {"messages", Json::array({Json{{"id", id}}})}});
}

Reply AiSensy::state(std::string_view id) {
    if (id.starts_with("wamid.")) id.remove_prefix(6);
    const Ledger& ledger = world_.ledger();
    const auto n = ledger.number_of(id);
    if (!n || *n >= ledger.size()) return refuse(404, "Message not found");
    const Entry& entry = ledger[static_cast<std::size_t>(*n)];
    Status status = entry.timeline.after(now_ms() - entry.at);
    if (status == Status::accepted) status = Status::sent;
    std::string word = name_of(status);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    return json(Json{{"id", "66aa" + std::string(id)},
                     {"phone_number", std::to_string(entry.to)},
                     {"status", word},
                     {"sent_at", entry.at}});
}

}  // namespace sim

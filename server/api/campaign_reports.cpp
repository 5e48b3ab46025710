// What became of a campaign: counters, recipients with reasons, the whole as CSV.
#include <memory>

#include "api/campaign_json.hpp"
#include "api/change.hpp"
#include "api/message_json.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/route_json.hpp"
#include "api/schemas.hpp"

namespace dakiya::api {

namespace {

constexpr int export_page = 1'000;

store::MessageFilter filter_of(const Json& query, const store::Campaign& campaign) {
    store::MessageFilter filter;
    filter.campaign = campaign.id;
    if (const std::string word = query.value("state", ""); !word.empty())
        filter.state = domain::parse_state(word);
    filter.cls = query.value("class", "");
    filter.reason = query.value("reason", "");
    return filter;
}

Result<Response> stats(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto counted = services.db.read([&](store::Session& session) {
        return store::campaigns::stats(session, call.caller.scope, *campaign);
    });
    Json json = to_json(counted);
    add_steps(services, *campaign, json);
    return json_response(200, json);
}

Result<Response> recipients(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto found = services.db.read([&](store::Session& session) {
        return store::messages::recipients(session, call.caller.scope, filter_of(call.query, *campaign),
                                           page->from, page->limit);
    });
    return json_response(200,
                         page_json(found.rows, found.next, [](const auto& row) { return to_json(row); }));
}

// RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it
// (https://owasp.org/www-community/attacks/CSV_Injection).
std::string cell(const std::string& text) {
    std::string out = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string csv_line(const store::MessageView& view) {
    const store::Message& message = view.message;
    const store::Outcome outcome = view.outcome.value_or(store::Outcome());
    // Phone numbers begin with a plus and hold digits only: no formula, and useful as they are.
    return format_id(prefix::message, message.id) + ',' +
           (message.contact == 0 ? "" : format_id(prefix::contact, message.contact)) + ',' +
           (message.channel == "email" ? cell(message.address) : message.address) + ',' +
           std::string(to_string(view.state)) + ',' + cell(message.reason) + ',' + cell(outcome.cls) + ',' +
           cell(outcome.code) + ',' + cell(outcome.text) + ',' + std::to_string(outcome.sent_at) + ',' +
           std::to_string(outcome.updated_at) + ',' + std::to_string(outcome.parts) + ',' +
           std::to_string(outcome.cost) + "\r\n";
}

struct Export {
    store::Scope scope;
    store::MessageFilter filter;
    Id after = 0;
    bool begun = false, ended = false;
};

// Never empty before the end, which an empty piece means: a filter may find nobody in what one read looks at.
std::string next_piece(store::Database& db, Export& at) {
    std::string text;
    if (!at.begun)
        text =
            "message,contact,address,state,reason,error_class,error_code,error_text,sent_at,updated_at,parts,"
            "cost\r\n";
    at.begun = true;
    while (text.empty() && !at.ended) {
        const auto page = db.read([&](store::Session& session) {
            return store::messages::recipients(session, at.scope, at.filter, at.after, export_page);
        });
        for (const store::MessageView& row : page.rows) text += csv_line(row);
        at.after = page.next;
        at.ended = page.next == 0;
    }
    return text;
}

Result<Response> export_csv(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto at = std::make_shared<Export>(
        Export{call.caller.scope, filter_of(call.query, *campaign), 0, false, false});
    Response response;
    response.headers = {
        {"Content-Type", "text/csv; charset=utf-8; header=present"},
        {"Content-Disposition", "attachment; filename=\"" + call.param("campaign") + ".csv\""}};
    response.stream = [&db = services.db, at] { return next_piece(db, *at); };
    return response;
}

}  // namespace

Routes campaign_report_routes(Services& services) {
    using namespace schema;
    Route counters{"GET",
                   "/v1/campaigns/{campaign}/stats",
                   Permission::read,
                   "getCampaignStats",
                   "Counts recipients by state, and why some were not reached.",
                   bound(services, stats)};
    counters.answer = campaign_stats_schema();

    Route people{"GET",
                 "/v1/campaigns/{campaign}/recipients",
                 Permission::read,
                 "listCampaignRecipients",
                 "Lists recipients with their state and reason, oldest first. A page may be short, even "
                 "empty, and have a `next`.",
                 bound(services, recipients)};
    people.query = page_query({{"state", state_schema()}, {"class", text(16)}, {"reason", text(64)}});
    people.answer = page(message_schema());

    Route csv{
        "GET",
        "/v1/campaigns/{campaign}/recipients.csv",
        Permission::read,
        "exportCampaignRecipients",
        "All recipients, or those of a state, error class or reason, as a CSV file, whatever their number.",
        bound(services, export_csv)};
    csv.query = object({{"state", state_schema()}, {"class", text(16)}, {"reason", text(64)}});
    return {std::move(counters), std::move(people), std::move(csv)};
}

}  // namespace dakiya::api

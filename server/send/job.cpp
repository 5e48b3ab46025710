#include "send/job.hpp"

#include "send/portfolio.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

namespace {

Result<TemplateInfo> template_info(store::Session& session, store::Scope scope, Id connection,
                                   const domain::Content& content) {
    if (content.kind != "template") return TemplateInfo{};
    const auto found =
        store::templates::find(session, scope, connection, content.template_name, content.template_language);
    if (!found)
        return Error{Code::not_found,
                     "the template " + content.template_name + " (" + content.template_language +
                         ") is not known to this connection; sync its templates",
                     "content.template.name"};
    return info_of(*found);
}

Result<std::shared_ptr<const Job>> make(store::Database& db, Connections& connections, const Limits& limits,
                                        Job job, store::Scope scope, Id connection,
                                        const std::string& channel, const std::string& from,
                                        const std::string& content_json, std::int64_t now_ms) {
    auto opened = connections.open(scope, connection);
    if (!opened) return opened.error();
    auto content = domain::parse_content(Json::parse(content_json), "content");
    if (!content) return content.error();
    TemplateInfo info;
    PlacedContent placed;
    const auto read = db.read([&](store::Session& session) -> Result<void> {
        auto known = template_info(session, scope, connection, *content);
        if (!known) return known.error();
        auto files = place_media(session, *opened, from, *content, now_ms);
        if (!files) return files.error();
        info = *std::move(known);
        placed = *std::move(files);
        return {};
    });
    if (!read) return read.error();
    info.header = std::move(placed.header);
    job.files = std::move(placed.files);
    job.missing = std::move(placed.missing);
    job.files_until = placed.until;
    job.handles = std::move(placed.handles);
    return make_job(limits, std::move(job), *std::move(opened), std::move(placed.content), info, channel,
                    from);
}

}  // namespace

TemplateInfo info_of(const store::Template& found) {
    return {found.provider_id, found.category, Json::parse(found.components)};
}

std::shared_ptr<const Job> make_job(const Limits& limits, Job job, OpenConnection connection,
                                    domain::Content content, const TemplateInfo& info,
                                    const std::string& channel, const std::string& from) {
    const plugin::Manifest& manifest = connection.plugin->manifest();
    job.portfolio = portfolio_of(connection, channel, content.kind);
    job.input = input_base(std::move(content), channel, from, info, connection.webhook);
    if (const plugin::Batch* batch =
            manifest.batch_for(channel, job.input.content.kind, connection.settings)) {
        job.batch = static_cast<std::size_t>(std::max(1, batch->max));
        job.personal_batch = batch->personal;
    }
    // The key of a batch is its first message's, and who is in it may be others after a recovery: a batch
    // cannot be repeated.
    job.idempotent = manifest.idempotent && job.batch == 1;
    job.per_second = limits.send_rate(manifest, connection.id).value_or(0);
    job.settle_after_s = manifest.settle_after_s;
    job.polled = manifest.has_op("status");
    // Where events or look-ups can still settle a message, sending it again is not for us to choose.
    job.follow_up.resend = job.campaign.on_uncertain == domain::OnUncertain::resend &&
                           manifest.certainty() == plugin::Certainty::blind;
    job.connection = std::move(connection);
    return std::make_shared<const Job>(std::move(job));
}

Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Campaign& campaign,
                                            std::int64_t now_ms) {
    Job job;
    job.campaign = campaign;
    job.follow_up.route = campaign.route();
    job.timing = db.read([&](store::Session& session) { return load_timing(session, campaign); });
    if (!campaign.fallback.empty()) job.follow_up.next = domain::first_rule(Json::parse(campaign.fallback));
    return make(db, connections, limits, std::move(job), store::Scope{campaign.tenant}, campaign.connection,
                campaign.channel, "", campaign.content, now_ms);
}

Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Message& message,
                                            std::int64_t now_ms) {
    const Json stored = Json::parse(message.content);
    Job job;
    job.follow_up.next = domain::first_rule(stored["fallback"]);
    return make(db, connections, limits, std::move(job), store::Scope{message.tenant}, message.connection,
                message.channel, stored.value("from", ""), stored.at("content").dump(), now_ms);
}

}  // namespace dakiya::send

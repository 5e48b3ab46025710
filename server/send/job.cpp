#include "send/job.hpp"

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
                                        const store::Campaign& campaign, store::Scope scope, Id connection,
                                        const std::string& channel, const std::string& from,
                                        const std::string& content_json) {
    auto opened = connections.open(scope, connection);
    if (!opened) return opened.error();
    auto content = domain::parse_content(Json::parse(content_json), "content");
    if (!content) return content.error();
    auto info =
        db.read([&](store::Session& session) { return template_info(session, scope, connection, *content); });
    if (!info) return info.error();
    return make_job(limits, campaign, *std::move(opened), *std::move(content), *info, channel, from);
}

}  // namespace

TemplateInfo info_of(const store::Template& found) {
    return {found.provider_id, found.category, Json::parse(found.components)};
}

std::shared_ptr<const Job> make_job(const Limits& limits, const store::Campaign& campaign,
                                    OpenConnection connection, domain::Content content,
                                    const TemplateInfo& info, const std::string& channel,
                                    const std::string& from) {
    const plugin::Manifest& manifest = connection.plugin->manifest();
    Job job;
    job.campaign = campaign;
    job.input = input_base(std::move(content), channel, from, info, connection.webhook);
    if (manifest.batch) {
        job.batch = static_cast<std::size_t>(std::max(1, manifest.batch->max));
        job.personal_batch = manifest.batch->personal;
    }
    job.idempotent = manifest.idempotent;
    job.per_second = limits.send_rate(manifest, connection.id).value_or(0);
    job.settle_after_s = manifest.settle_after_s;
    job.connection = std::move(connection);
    return std::make_shared<const Job>(std::move(job));
}

Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Campaign& campaign) {
    return make(db, connections, limits, campaign, store::Scope{campaign.tenant}, campaign.connection,
                campaign.channel, "", campaign.content);
}

Result<std::shared_ptr<const Job>> make_job(store::Database& db, Connections& connections,
                                            const Limits& limits, const store::Message& message) {
    const Json stored = Json::parse(message.content);
    return make(db, connections, limits, store::Campaign{}, store::Scope{message.tenant}, message.connection,
                message.channel, stored.value("from", ""), stored.at("content").dump());
}

}  // namespace dakiya::send

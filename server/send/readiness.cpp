#include "send/readiness.hpp"

#include <algorithm>
#include <vector>

#include "domain/route.hpp"
#include "domain/template.hpp"
#include "send/audience.hpp"
#include "send/media_content.hpp"

namespace dakiya::send {

namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

// Whether this content can go out through this connection.
Result<void> ready_to_send(store::Database& db, Connections& connections, store::Scope scope, Id id,
                           const std::string& channel, const domain::Content& content) {
    auto connection = connections.open(scope, id);
    if (!connection) return connection.error();
    if (const auto able = supported(connection->plugin->manifest(), channel, content.kind); !able)
        return able.error();
    return db.read([&](store::Session& session) -> Result<void> {
        if (const auto known = usable_template(session, scope, id, content); !known) return known.error();
        const auto files = media_keys(session, *connection, "", content);
        return files ? Result<void>() : files.error();
    });
}

}  // namespace

Result<void> supported(const plugin::Manifest& manifest, const std::string& channel,
                       const std::string& kind) {
    if (!has(manifest.channels, channel))
        return Error{Code::unsupported,
                     manifest.name + " does not have the channel \"" + channel + "\"; it has " +
                         joined(manifest.channels),
                     "channel"};
    if (!has(manifest.kinds, kind))
        return Error{Code::unsupported,
                     manifest.name + " cannot send messages of kind \"" + kind + "\"; it can send " +
                         joined(manifest.kinds),
                     "content.kind"};
    return {};
}

Result<std::optional<store::Template>> usable_template(store::Session& session, store::Scope scope,
                                                       Id connection, const domain::Content& content) {
    if (content.kind != "template") return std::optional<store::Template>{};
    auto found =
        store::templates::find(session, scope, connection, content.template_name, content.template_language);
    if (!found)
        return Error{
            Code::not_found,
            "the template \"" + content.template_name + "\" (" + content.template_language +
                ") is not known to this connection; sync its templates, or correct name and language",
            "content.template.name"};
    if (found->status != "approved")
        return Error{Code::conflict,
                     "the template \"" + content.template_name + "\" is " + found->status +
                         ", so the provider would refuse it",
                     "content.template.name"};
    const auto needed = domain::template_variables(Json::parse(found->components));
    if (!needed) return needed.error();
    if (const auto complete = domain::check_variables(*needed, content); !complete)
        return Error{complete.error().code, complete.error().text, "content." + complete.error().field};
    return found;
}

Result<void> steps_ready(store::Database& db, Connections& connections, store::Scope scope,
                         const std::string& fallback) {
    if (fallback.empty()) return {};
    const auto steps = domain::parse_steps(Json::parse(fallback), "fallback");
    if (!steps) return steps.error();
    for (std::size_t i = 0; i < steps->size(); ++i) {
        const domain::Step& step = (*steps)[i];
        const auto ready = ready_to_send(db, connections, scope, step.connection, step.channel, step.content);
        if (!ready)
            return Error{ready.error().code, "step " + std::to_string(i + 2) + ": " + ready.error().text,
                         "fallback[" + std::to_string(i) + "]." + ready.error().field};
    }
    return {};
}

Result<void> ready_to_start(store::Database& db, Connections& connections, store::Scope scope,
                            const store::Campaign& campaign) {
    auto content = domain::parse_content(Json::parse(campaign.content), "content");
    if (!content) return content.error();
    auto audience = parse_audience(Json::parse(campaign.audience));
    if (!audience) return audience.error();
    if (const auto ready =
            ready_to_send(db, connections, scope, campaign.connection, campaign.channel, *content);
        !ready)
        return ready.error();
    if (const auto ready = steps_ready(db, connections, scope, campaign.fallback); !ready)
        return ready.error();
    return db.read([&](store::Session& session) -> Result<void> {
        const bool nobody = audience->campaign != 0 ? audience_size(session, scope, *audience) == 0
                                                    : audience_page(session, scope, *audience, 0, 1).end;
        if (nobody) return Error{Code::conflict, "nobody is in this audience", "audience"};
        return {};
    });
}

}  // namespace dakiya::send

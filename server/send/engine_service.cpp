#include "send/engine_service.hpp"

#include <algorithm>

#include "domain/email.hpp"
#include "domain/phone.hpp"
#include "domain/placeholder.hpp"
#include "domain/sms.hpp"
#include "send/job.hpp"
#include "send/materialise.hpp"
#include "send/media_prepare.hpp"
#include "send/next_step.hpp"
#include "send/portfolio.hpp"
#include "send/readiness.hpp"
#include "send/route.hpp"
#include "send/series.hpp"
#include "send/single.hpp"
#include "store/chunks.hpp"
#include "store/quotas.hpp"
#include "store/tenants.hpp"

namespace dakiya::send {

namespace {

using domain::Action;
using store::Campaign;
using store::Message;

Result<std::string> normal_address(const std::string& channel, const std::string& to,
                                   const std::string& country) {
    if (channel == "email") {
        auto address = domain::to_email(to);
        if (!address) return Error{address.error().code, address.error().text, "to"};
        return address;
    }
    auto number = domain::to_e164(to, country);
    if (!number) return Error{number.error().code, number.error().text, "to"};
    return number;
}

// Who the request means: a contact, or whoever has the address, known or not.
Result<store::Contact> recipient(store::Session& session, store::Scope scope, const std::string& channel,
                                 const MessageRequest& request) {
    if (request.contact != 0) {
        auto contact = store::contacts::find(session, scope, request.contact);
        if (!contact) return Error{Code::not_found, "there is no such contact", "contact"};
        return *std::move(contact);
    }
    const auto tenant = store::tenants::find(session, scope.tenant);
    auto address = normal_address(channel, request.to, tenant ? tenant->country : "");
    if (!address) return address.error();
    const auto contact = channel == "email" ? store::contacts::find_by_email(session, scope, *address)
                                            : store::contacts::find_by_phone(session, scope, *address);
    store::Contact person = contact ? *contact : store::Contact{};
    (channel == "email" ? person.email : person.phone) = *address;
    return person;
}

void with_secrets(store::Contact& person, const Json& secrets) {
    if (secrets.is_null()) return;
    Json attributes = Json::parse(person.attributes);
    for (const auto& [field, value] : secrets.members()) attributes.set(field, value);
    person.attributes = attributes.dump();
}

Result<domain::CampaignState> may_act(const Campaign& campaign, Action action) {
    if (campaign.parent == 0) return domain::after(campaign.state, action);
    return Error{Code::conflict,
                 "this is step " + std::to_string(campaign.step + 1) + " of campaign " +
                     format_id(prefix::campaign, campaign.parent) +
                     ": what you do there applies to all steps",
                 ""};
}

// As the row of a single message holds it.
std::string stored_content(const MessageRequest& request) {
    Json json{{"from", request.from}, {"content", domain::to_json(request.content)}};
    if (!request.fallback.empty()) json.set("fallback", domain::to_json(request.fallback));
    return json.dump();
}

std::string template_text(const std::string& components) {
    const Json parsed = Json::parse(components);
    if (!parsed.is_array()) return {};
    for (const Json& component : parsed)
        if (component.value("type", "") == "BODY") return component.value("text", "");
    return {};
}

}  // namespace

Result<store::MessageView> EngineService::send_message(store::Scope scope, const MessageRequest& request,
                                                       const Along& along) {
    auto connection = parts_.connections.open(scope, request.connection);
    if (!connection) return connection.error();
    const plugin::Manifest& manifest = connection->plugin->manifest();
    const std::string channel = request.channel.empty() ? manifest.channels.front() : request.channel;
    if (const auto able = supported(manifest, channel, request.content.kind); !able) return able.error();

    auto placed = ready_content(*connection, request);
    if (!placed) return placed.error();
    Single single;
    TemplateInfo info;
    const std::int64_t now = parts_.clock.now_ms();
    const auto facts = parts_.db.read([&](store::Session& session) -> Result<void> {
        auto known = usable_template(session, scope, request.connection, request.content);
        if (!known) return known.error();
        if (*known) info = info_of(**known);
        auto person = recipient(session, scope, channel, request);
        if (!person) return person.error();
        with_secrets(*person, request.secrets);
        const auto origin = request.secrets.is_null() ? domain::Origin::single : domain::Origin::otp;
        Admitted admitted = admit_contacts(session,
                                           {scope, manifest, request.content, channel,
                                            *known ? (*known)->status : "", 0, request.connection, origin},
                                           {*person}, now);
        single.message = std::move(admitted.messages.front());
        return {};
    });
    if (!facts) return facts.error();

    const std::string stored = stored_content(request);
    if (stored.size() > domain::most_route_bytes)
        return Error{Code::too_large, "content and fallback together have more than 60,000 bytes as JSON",
                     "fallback"};
    if (const auto ready =
            steps_ready(parts_.db, parts_.connections, scope, domain::to_json(request.fallback).dump());
        !ready)
        return ready.error();
    single.message.id = parts_.ids.next();
    single.message.content = stored;
    if (single.message.origin == domain::Origin::otp) {
        auto sealed = parts_.connections.seal_params(single.message);
        if (!sealed) return sealed.error();
        single.stored_params = *std::move(sealed);
    }
    single.deadline_at = request.expires_at != 0 ? request.expires_at : now + single_patience_ms;
    Job job;
    job.files = std::move(placed->files);
    job.handles = std::move(placed->handles);
    info.header = std::move(placed->header);
    if (!request.fallback.empty()) job.follow_up.next = request.fallback.front().rule;
    single.job = make_job(parts_.limits, std::move(job), *std::move(connection), std::move(placed->content),
                          info, channel, request.from);
    QueueRunner& runner = request.lane == store::Lane::otp ? parts_.otp : parts_.singles;
    return store_and_send(parts_.writer, runner, std::move(single), along);
}

// The content with its files at the provider; the first message with a file waits for its upload.
Result<PlacedContent> EngineService::ready_content(const OpenConnection& connection,
                                                   const MessageRequest& request) {
    if (domain::media_of(request.content).empty()) {
        PlacedContent as_it_is;
        as_it_is.content = request.content;
        return as_it_is;
    }
    if (!parts_.media) return Error{Code::unsupported, "this server does not move files", "content"};
    const auto keys = parts_.db.read([&](store::Session& session) {
        return media_keys(session, connection, request.from, request.content);
    });
    if (!keys) return keys.error();
    if (auto there = parts_.media->upload_now(store::Scope{connection.tenant}, *keys); !there)
        return there.error();
    auto placed = parts_.db.read([&](store::Session& session) {
        return place_media(session, connection, request.from, request.content, parts_.clock.now_ms());
    });
    if (placed && !placed->missing.empty())
        return Error{Code::unavailable, "the file ended at the provider just now; try again in a moment", ""};
    return placed;
}

Result<Preview> EngineService::preview(store::Scope scope, const Campaign& campaign, int samples) {
    auto connection = parts_.connections.open(scope, campaign.connection);
    if (!connection) return connection.error();
    auto content = domain::parse_content(Json::parse(campaign.content), "content");
    if (!content) return content.error();
    auto audience = parse_audience(Json::parse(campaign.audience));
    if (!audience) return audience.error();
    const plugin::Manifest& manifest = connection->plugin->manifest();
    if (const auto able = supported(manifest, campaign.channel, content->kind); !able) return able.error();

    Preview preview;
    return parts_.db.read([&](store::Session& session) -> Result<Preview> {
        auto known = usable_template(session, scope, campaign.connection, *content);
        if (!known) return known.error();
        const std::string pattern = *known ? template_text((*known)->components) : content->text;
        preview.items.clear();
        preview.audience = audience_size(session, scope, *audience);
        const auto contacts = audience_page(session, scope, *audience, 0, samples).contacts;
        Admitted admitted = admit_contacts(session,
                                           {scope, manifest, *content, campaign.channel,
                                            *known ? (*known)->status : "", 0, campaign.connection},
                                           contacts, parts_.clock.now_ms());
        for (const Message& message : admitted.messages) {
            PreviewItem item;
            item.contact = message.contact;
            item.address = message.address;
            item.params = Json::parse(message.params);
            item.skip_reason = message.reason;
            if (message.state == domain::State::queued) {
                item.text = domain::render_text(pattern, item.params);
                if (campaign.channel == "sms") {
                    const domain::SmsSize sms = domain::sms_size(item.text);
                    item.encoding = domain::to_string(sms.encoding);
                    item.parts = static_cast<int>(sms.parts);
                }
            }
            preview.items.push_back(std::move(item));
        }
        const plugin::Batch* batch =
            manifest.batch_for(campaign.channel, content->kind, connection->settings);
        double rate =
            parts_.limits.send_rate(manifest, campaign.connection).value_or(0) * (batch ? batch->max : 1);
        if (campaign.per_second > 0)
            rate = rate > 0 ? std::min<double>(rate, campaign.per_second) : campaign.per_second;
        preview.seconds = rate > 0 ? static_cast<double>(preview.audience) / rate : 0;
        return preview;
    });
}

// One change of state; a writer that was faster (the engine, another request) is seen and asked again.
Result<Campaign> EngineService::act(store::Scope scope, Id id, Action action, const Also& also) {
    const std::int64_t now = parts_.clock.now_ms();
    std::optional<Result<Campaign>> answer;
    parts_.writer.run([&](store::Session& session) {
        for (bool done = false; !done;) {
            const auto campaign = store::campaigns::find(session, scope, id);
            if (!campaign) {
                answer = Error{Code::not_found, "there is no such campaign", ""};
                return;
            }
            const auto next = may_act(*campaign, action);
            if (!next) {
                // The first step goes on while a later one waits for somebody: to resume means that one.
                const bool resumed =
                    action == Action::resume && change_steps(session, *campaign, action, "", now) > 0;
                answer = resumed ? Result<Campaign>(*campaign) : next.error();
                return;
            }
            done = store::campaigns::set_state(session, *campaign, *next, "", now);
            if (done) change_steps(session, *campaign, action, "", now);
        }
        if (also) also(session, *store::campaigns::find(session, scope, id));
        answer = *store::campaigns::find(session, scope, id);
    });
    return std::move(*answer);
}

Result<Campaign> EngineService::start(store::Scope scope, Id id) {
    std::optional<Campaign> campaign;
    Timing timing;
    parts_.db.read([&](store::Session& session) {
        campaign = store::campaigns::find(session, scope, id);
        if (campaign) timing = load_timing(session, *campaign);
    });
    if (!campaign) return Error{Code::not_found, "there is no such campaign", ""};
    const std::int64_t now = parts_.clock.now_ms();
    const auto next_run =
        timing.plan.recurring() ? next_start(timing.plan, timing.tenant_zone, now) : std::nullopt;
    if (timing.plan.recurring() && !next_run)
        return Error{Code::conflict, "the last of its repeated times is over", "schedule.repeat"};
    const Action action = next_run || campaign->scheduled_at > now ? Action::schedule : Action::send;
    if (const auto next = domain::after(campaign->state, action); !next) return next.error();
    if (const auto ready = ready_to_start(parts_.db, parts_.connections, scope, *campaign); !ready)
        return ready.error();
    auto started = act(scope, id, action, [&](store::Session& session, const Campaign& scheduled) {
        if (next_run) store::campaigns::set_scheduled_at(session, scheduled, *next_run);
        want_media_again(session, scheduled, now);
    });
    parts_.to_campaigns();
    return started;
}

Result<Campaign> EngineService::pause(store::Scope scope, Id id) { return act(scope, id, Action::pause); }

// One that was paused before its time waits for it again, and a series for its next occurrence.
Result<Campaign> EngineService::resume(store::Scope scope, Id id) {
    const std::int64_t now = parts_.clock.now_ms();
    const std::int64_t waits_until = parts_.db.read([&](store::Session& session) -> std::int64_t {
        const auto campaign = store::campaigns::find(session, scope, id);
        if (!campaign || campaign->started_at != 0) return 0;
        const Timing timing = load_timing(session, *campaign);
        if (timing.plan.recurring()) return next_start(timing.plan, timing.tenant_zone, now).value_or(now);
        return campaign->scheduled_at > now ? campaign->scheduled_at : 0;
    });
    const Action action = waits_until != 0 ? Action::wait : Action::resume;
    auto resumed = act(scope, id, action, [&](store::Session& session, const Campaign& campaign) {
        if (waits_until != 0) store::campaigns::set_scheduled_at(session, campaign, waits_until);
        // If its reason is still there, it holds again and says so.
        store::holds::end(session, campaign.id);
        want_media_again(session, campaign, now);
    });
    parts_.to_campaigns();
    parts_.to_dispatcher();
    return resumed;
}

Result<Campaign> EngineService::cancel(store::Scope scope, Id id) {
    auto cancelled = act(scope, id, Action::cancel, [](store::Session& session, const Campaign& campaign) {
        store::chunks::open_all(session, campaign.id);
    });
    parts_.to_campaigns();
    parts_.to_dispatcher();
    return cancelled;
}

Result<Json> EngineService::check(store::Scope scope, Id id) {
    auto connection = parts_.connections.open_any(scope, id);
    if (!connection) return connection.error();
    const auto result = send::ask(parts_.exchange, *connection, {"check"});
    if (!result) return result.error();
    Json answer{{"ok", false}, {"text", result->text}};
    for (const plugin::Record& record : result->records) {
        if (record.kind == "account") {
            for (const auto& [key, value] : record.json.members()) answer.set(key, value);
        } else if (record.kind == "balance") {
            answer.set("balance", record.json);
        } else if (record.kind == "sender") {
            if (!answer.contains("senders")) answer.set("senders", Json::array());
            answer.find("senders")->push_back(record.json);
        }
    }
    parts_.writer.run([&, now = parts_.clock.now_ms()](store::Session& session) {
        note_people_limit(session, *connection, result->records, now);
    });
    if (answer.value("ok", false)) works_again(scope, id);
    return answer;
}

// A connection that the provider had refused is used again once its test succeeds.
void EngineService::works_again(store::Scope scope, Id id) {
    parts_.writer.run([&, now = parts_.clock.now_ms()](store::Session& session) {
        const auto row = store::connections::find(session, scope, id);
        if (row && row->state == store::connection_state::needs_attention)
            store::connections::set_state(session, scope, id, store::connection_state::enabled, "", now);
    });
}

Result<std::vector<plugin::Record>> EngineService::ask(store::Scope scope, Id id, Question question) {
    auto connection = parts_.connections.open_any(scope, id);
    if (!connection) return connection.error();
    auto ended = send::ask(parts_.exchange, *connection, std::move(question));
    if (!ended) return ended.error();
    return answer_of(*std::move(ended));
}

Result<void> EngineService::sync_templates(store::Scope scope, Id connection) {
    return parts_.template_sync.request(scope, connection);
}

void EngineService::connection_changed(Id connection) { parts_.connections.forget(connection); }

}  // namespace dakiya::send

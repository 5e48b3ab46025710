#include "send/template_sync.hpp"

#include <future>
#include <memory>

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "store/leases.hpp"
#include "store/templates.hpp"

namespace dakiya::send {

namespace {

constexpr Millis round_every{1'000};
constexpr Millis stop_check{100};
constexpr std::int64_t repeat_every_ms = 6LL * 3600 * 1000;
constexpr std::int64_t lease_ms = 120'000;  // longer than a turn
constexpr int most_at_once = 20;
constexpr std::size_t error_limit = 500;  // bytes, of the column

// A list on its way; outlives the engine when that stops first.
struct Flow {
    store::TemplateSync current;
    std::string problem;  // the first
    std::promise<Ended> done;
};

// What the provider said when it would not show its templates.
std::string refusal(const std::vector<plugin::Record>& records) {
    for (const plugin::Record& record : records)
        if (record.kind == "account" && !record.json.value("ok", true)) return record.json.value("text", "");
    return {};
}

}  // namespace

store::Template template_row(const Json& record, std::int64_t run, std::int64_t now_ms) {
    store::Template t;
    t.name = record.at("name").text();
    t.language = record.value("language", "");
    t.category = record.value("category", "");
    t.status = record.value("status", "pending");
    t.provider_id = record["id"].scalar();
    t.components = record.contains("components") ? record["components"].dump() : "[]";
    t.reason = utf8_prefix(record.value("reason", ""), error_limit);
    t.run = run;
    t.updated_at = now_ms;
    return t;
}

TemplateSync::TemplateSync(Parts parts)
    : parts_(std::move(parts)), rounds_("template sync", bell_, round_every, [this] {
          round();
          return false;
      }) {}

Result<void> TemplateSync::request(store::Scope scope, Id id) {
    auto connection = parts_.connections.open_any(scope, id);
    if (!connection) return connection.error();
    if (!connection->plugin->manifest().has_op("templates.list"))
        return Error{Code::unsupported, "this provider has no list of templates to read", "connection"};
    const std::int64_t now = parts_.clock.now_ms();
    parts_.writer.run([&](store::Session& session) {
        const auto last = store::template_syncs::find(session, scope, id);
        if (last && last->state == "running") return;
        store::TemplateSync next;
        next.connection = id;
        next.tenant = scope.tenant;
        next.run = last ? last->run + 1 : 1;
        next.started_at = now;
        store::template_syncs::save(session, next);
    });
    bell_.ring();
    return {};
}

void TemplateSync::round() {
    const std::int64_t now = parts_.clock.now_ms();
    const auto due = parts_.db.read([&](store::Session& session) {
        return store::template_syncs::due(session, now - repeat_every_ms, most_at_once);
    });
    for (const auto& [connection, tenant] : due) {
        const auto started = request(store::Scope{tenant}, connection);
        if (started || started.error().code == Code::unavailable) continue;
        // A provider without templates, or a connection that cannot be opened: not again for six hours.
        parts_.writer.run([&, connection = connection, tenant = tenant](store::Session& session) {
            const auto last = store::template_syncs::find(session, store::Scope{tenant}, connection);
            store::TemplateSync failed;
            failed.connection = connection;
            failed.tenant = tenant;
            failed.run = last ? last->run : 0;
            failed.state = "failed";
            failed.error = utf8_prefix(started.error().text, error_limit);
            failed.started_at = failed.finished_at = now;
            store::template_syncs::save(session, failed);
        });
    }
    const auto running = parts_.db.read(
        [&](store::Session& session) { return store::template_syncs::running(session, most_at_once); });
    for (const store::TemplateSync& row : running)
        if (!rounds_.stopping()) sync(row);
}

void TemplateSync::sync(const store::TemplateSync& row) {
    std::optional<store::Lease> lease;
    const std::int64_t now = parts_.clock.now_ms();
    parts_.writer.run([&](store::Session& session) {
        lease = store::leases::acquire(session, "sync:" + std::to_string(row.connection), parts_.node, now,
                                       now + lease_ms);
    });
    if (!lease) return;  // another node has it

    const auto flow = std::make_shared<Flow>();
    flow->current = row;
    std::string& problem = flow->problem;
    const store::Scope scope{row.tenant};
    auto connection = parts_.connections.open_any(scope, row.connection);
    if (!connection) {
        problem = connection.error().text;
    } else {
        Call call = call_to(*connection, "templates.list");
        call.input = "{}";
        call.step = row.step;
        call.memo = row.memo;
        call.on_turn = [flow, parts = parts_](const std::vector<plugin::Record>& records,
                                              const std::string& step, const std::string& memo) {
            // On a worker, where nothing may escape. The first problem stays: a page that is missing must
            // not make its templates "gone".
            if (!flow->problem.empty()) return;
            try {
                flow->problem = refusal(records);
                write_page(parts, flow->current, records, step, memo);
            } catch (const std::exception& error) {
                flow->problem = error.what();
            }
        };
        auto done = flow->done.get_future();
        parts_.exchange.run(std::move(call), [flow](Ended ended) { flow->done.set_value(std::move(ended)); });
        // A list may take a thousand turns. What is written of it stays, and the next process goes on there.
        while (done.wait_for(stop_check) != std::future_status::ready)
            if (rounds_.stopping()) return;
        const Ended ended = done.get();
        if (ended.how != Ended::How::finished && problem.empty())
            problem = ended.text.empty() ? "the provider's list ended early" : ended.text;
    }
    const std::int64_t end = parts_.clock.now_ms();
    parts_.writer.run([&](store::Session& session) {
        store::TemplateSync last = flow->current;
        last.state = problem.empty() ? "done" : "failed";
        last.error = utf8_prefix(problem, error_limit);
        last.step.clear();
        last.memo.clear();
        last.finished_at = end;
        if (problem.empty()) store::templates::mark_gone(session, scope, row.connection, row.run, end);
        store::template_syncs::save(session, last);
        store::leases::release(session, *lease);
    });
}

void TemplateSync::write_page(const Parts& parts, store::TemplateSync& sync,
                              const std::vector<plugin::Record>& records, const std::string& step,
                              const std::string& memo) {
    std::vector<store::Template> rows;
    const std::int64_t now = parts.clock.now_ms();
    for (const plugin::Record& record : records)
        if (record.kind == "template") rows.push_back(template_row(record.json, sync.run, now));
    sync.step = step;
    sync.memo = memo;
    parts.writer.run([&](store::Session& session) {
        store::templates::upsert(session, store::Scope{sync.tenant}, sync.connection, rows);
        store::template_syncs::save(session, sync);
    });
}

}  // namespace dakiya::send

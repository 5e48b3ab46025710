// What a worker does for one message of a campaign through a real plugin: its input, two turns, the request
// and the verdict; no network and no store. Hidden, because it proves nothing. Instructions do not depend on
// how busy the machine is:
//
//   alias count="valgrind --tool=callgrind --toggle-collect='*work_of_turns*' build/dev/bin/unit_send"
//   count 'the work of turns: a text through meta'
//   count 'the work of turns: a template through meta'
//
// and divide by the number of messages that it prints.
#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "fakes.hpp"
#include "own_grants.hpp"
#include "plugin/local.hpp"
#include "send/connections.hpp"
#include "send/input.hpp"
#include "send/verdict.hpp"

namespace dakiya::send {

namespace {

constexpr int in_batch = 200, batches = 10;

// Its manifest has no limits: the limiter is not a worker's work.
std::shared_ptr<const plugin::Connection> open_meta() {
    const auto provider = plugin::open_local(META_PLUGIN);
    REQUIRE(provider.ok());
    const auto connection = provider.value()->open(Json{{"access_token", "EAAexampleSystemUserToken0001"},
                                                        {"phone_number_id", "106540352242922"},
                                                        {"waba_id", "102290129340398"}});
    REQUIRE(connection.ok());
    plugin::Manifest manifest = provider.value()->manifest();
    manifest.limits.clear();
    return std::make_shared<FakeConnection>(
        [meta = connection.value()](const plugin::Turn& turn) { return meta->advance(turn); }, manifest);
}

// A worker of a server whose provider answers when `answer` is called.
struct Worker {
    ManualClock clock;
    FakeClient client;
    net::OwnGrants grants{clock};
    net::Limiter limiter{client, grants, clock};
    net::Breaker breaker{clock};
    Limits limits{{}};
    Pool pool{"turns", 0};
    Exchange exchange{{client, limiter, breaker, pool, pool, pool, clock, limits}};
    OpenConnection connection;

    void settle() {
        while (pool.run_one()) {
        }
    }
};

net::Reply accepted(int number) {
    net::Reply reply = http_reply(
        200,
        R"({"messaging_product":"whatsapp","contacts":[{"input":"+919810000000","wa_id":"919810000000"}],)"
        R"("messages":[{"id":"wamid.HBgMOTE5ODEwMDAwMDAwFQIAERgSOUEzQ0E1QjNENENE)" +
            std::to_string(number) + R"(","message_status":"accepted"}]})");
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"content-type", "application/json; charset=UTF-8"},
                                                          {"date", "Sat, 21 Nov 2026 10:00:00 GMT"},
                                                          {"content-length", "211"},
                                                          {"connection", "keep-alive"}})
        reply.headers.push_back({name, value});
    return reply;
}

std::vector<store::Message> recipients(Id first) {
    std::vector<store::Message> messages;
    for (Id id = first; id < first + in_batch; ++id) {
        store::Message& message = messages.emplace_back();
        message.id = id;
        message.tenant = 50;
        message.campaign = 51;
        message.connection = 60;
        message.contact = id;
        message.channel = "whatsapp";
        message.address = "+9198100" + std::to_string(10'000 + id % 90'000);
        message.params = R"({"name":"Asha Kumar","1":"Asha Kumar","2":"A-10)" + std::to_string(id) + R"("})";
    }
    return messages;
}

struct Batch {
    std::vector<store::Message> messages = {};
    std::vector<net::Reply> replies = {};
};

Batch batch_of(int number) {
    Batch batch{recipients(1'000'000 + number * in_batch)};
    for (int i = 0; i < in_batch; ++i) batch.replies.push_back(accepted(100'000 + i));
    return batch;
}

// How many were sent.
int run(Worker& worker, const InputBase& base, Batch batch) {
    int sent = 0;
    std::vector<Exchange::Job> jobs;
    for (const store::Message& message : batch.messages) {
        Call call = call_to(worker.connection, "send");
        call.input = send_input(base, {&message, 1});
        call.recipients = 1;
        call.lane = net::Lane::campaign;
        jobs.push_back({std::move(call), [&sent](const Ended& ended) {
                            const Verdict verdict = judge(ended, 1, 1, 7).front();
                            if (verdict.how == Verdict::How::sent && !verdict.provider_id.empty()) ++sent;
                        }});
    }
    worker.exchange.run_all(std::move(jobs));
    worker.settle();
    for (net::Reply& reply : batch.replies) worker.client.answer(std::move(reply));
    worker.settle();
    return sent;
}

// What is counted.
[[gnu::noinline]] int work_of_turns(Worker& worker, const InputBase& base, Batch batch) {
    return run(worker, base, std::move(batch));
}

void measure(const std::string& content, const TemplateInfo& info) {
    Worker worker;
    worker.connection.plugin = open_meta();
    worker.connection.id = 60;
    worker.connection.tenant = 50;
    const InputBase base =
        input_base(domain::parse_content(Json::parse(content), "content").value(), "whatsapp", "", info,
                   "https://dakiya.example/webhooks/meta/con_0000000000010");
    REQUIRE(run(worker, base, batch_of(0)) == in_batch);
    for (int number = 1; number <= batches; ++number)
        REQUIRE(work_of_turns(worker, base, batch_of(number)) == in_batch);
    std::cout << in_batch * batches << " messages\n";
}

TEST_CASE("the work of turns: a text through meta", "[.bench]") {
    measure(
        R"({"kind":"text","text":"Hello {{name}}, your order has left our house and is with you tomorrow."})",
        {});
}

TEST_CASE("the work of turns: a template through meta", "[.bench]") {
    measure(R"({"kind":"template","template":{"name":"order_update","language":"en_US"}})",
            {"594425479261596", "utility", Json::parse(R"([
            {"type":"HEADER","format":"TEXT","text":"Your order"},
            {"type":"BODY","text":"Hi {{1}}, order {{2}} has left our house and is with you tomorrow.",
             "example":{"body_text":[["Ann","981"]]}},
            {"type":"FOOTER","text":"Acme Ltd"},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop"},
                {"type":"URL","text":"Track","url":"https://x.example/orders"}]}])")});
}

}  // namespace

}  // namespace dakiya::send

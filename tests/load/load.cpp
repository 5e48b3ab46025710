// load - the load of the benchmarks that bash, curl and wrk are not exact enough for. Prints one JSON object.
#include "commands.hpp"
#include "open_loop.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

using dakiya::Json;

void add_reports(CLI::App& command, load::Reports& reports) {
    command.add_option("--ledger", reports.ledger, "control port of the simulator, http://…")->required();
    command.add_option("--app-secret", reports.app_secret, "what Meta signs with")->required();
    command.add_option("--waba-id", reports.waba_id)->required();
    command.add_option("--phone-number-id", reports.phone_number_id)->required();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Load for the benchmarks of tests/load");
    app.require_subcommand(1);
    Json result;

    auto* now = app.add_subcommand("now", "CLOCK_MONOTONIC in microseconds");
    now->callback([&] { result = Json(load::now_us()); });

    load::Call call;
    auto* ask = app.add_subcommand("ask", "one request of the API, and when it was sent and answered");
    ask->add_option("method", call.method)->required();
    ask->add_option("url", call.url)->required();
    ask->add_option("--key", call.key);
    ask->add_option("--body", call.body);
    ask->callback([&] { result = load::ask(call); });

    load::Messages single;
    auto* messages = app.add_subcommand("messages", "single messages at a rate, until the provider has them");
    messages->add_option("--url", single.url, "…/v1/messages")->required();
    messages->add_option("--key", single.key)->required();
    messages->add_option("--body", single.body, "JSON; `to` is set for each")->required();
    messages->add_option("--ledger", single.ledger, "control port of the simulator, http://…")->required();
    messages->add_option("--first-to", single.first_to, "digits of the first number");
    messages->add_option("--rate", single.per_second, "messages a second");
    messages->add_option("--seconds", single.seconds);
    messages->callback([&] { result = load::messages(single); });

    load::Flood many;
    auto* flood = app.add_subcommand("flood", "GET requests as fast as they are answered");
    flood->add_option("--url", many.url, "eight digits are appended")->required();
    flood->add_option("--count", many.count);
    flood->add_option("--connections", many.connections);
    flood->callback([&] { result = load::flood(many); });

    load::Reports reports;
    std::size_t count = 0;
    std::string file;
    auto* write = app.add_subcommand("reports", "writes signed reports of Meta on what was accepted");
    add_reports(*write, reports);
    write->add_option("--count", count)->required();
    write->add_option("--file", file)->required();
    write->callback([&] {
        std::ofstream out(file, std::ios::binary);
        result = load::write_reports(reports, count, out);
        if (!out.flush()) throw std::runtime_error("cannot write " + file);
    });

    load::Webhooks hooks;
    auto* webhooks = app.add_subcommand("webhooks", "reports at a rate on what is accepted meanwhile");
    add_reports(*webhooks, hooks.reports);
    webhooks->add_option("--url", hooks.url, "the webhook address of the connection")->required();
    webhooks->add_option("--rate", hooks.per_second, "webhooks a second");
    webhooks->add_option("--messages", hooks.messages, "how many messages will be accepted")->required();
    webhooks->add_option("--repeat-percent", hooks.repeat_percent);
    webhooks->callback([&] { result = load::webhooks(hooks); });

    load::Idle quiet;
    auto* idle = app.add_subcommand("idle", "answer times beside idle clients and slow writers");
    idle->add_option("--url", quiet.url, "…/healthz")->required();
    idle->add_option("--idle", quiet.idle);
    idle->add_option("--slow", quiet.slow);
    idle->add_option("--rate", quiet.per_second);
    idle->add_option("--seconds", quiet.seconds);
    idle->callback([&] { result = load::idle(quiet); });

    std::string url, key;
    auto* lists = app.add_subcommand("lists", "times GET requests; lines \"name path\" on standard input");
    lists->add_option("--url", url, "what the paths are appended to")->required();
    lists->add_option("--key", key)->required();
    lists->add_option("--count", count, "requests for each name")->required();
    lists->callback([&] { result = load::lists(url, key, count, std::cin); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 1;
    }
    std::puts(result.dump().c_str());
    return 0;
}

// sim - plays the providers on local ports, each on its own. README.md says how to use it.
#include "control.hpp"
#include "http.hpp"
#include "text.hpp"
#include "webhooks.hpp"
#include "world.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <deque>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace {

using dakiya::Json;

struct Options {
    std::optional<std::uint64_t> seed;
    unsigned short ports[sim::provider_count] = {};
    unsigned short control_port = 0;
    std::string config_file;
    std::vector<std::string> settings;
    bool bench = false;
};

Json read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

// "meta.access_token=x" → {"meta":{"access_token":"x"}}. What is JSON is taken as JSON.
Json parse_setting(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) throw std::runtime_error("--set needs path=value, not " + text);
    Json value;
    try {
        value = Json::parse(text.substr(equals + 1));
    } catch (const dakiya::JsonError&) {
        value = text.substr(equals + 1);
    }
    std::vector<std::string_view> steps = sim::split(std::string_view(text).substr(0, equals), '.');
    for (; !steps.empty(); steps.pop_back()) value = Json{{std::string(steps.back()), std::move(value)}};
    return value;
}

Json settings(const Options& options) {
    Json document = sim::default_config();
    if (!options.config_file.empty())
        document = sim::merged(std::move(document), read_file(options.config_file));
    for (const std::string& text : options.settings)
        document = sim::merged(std::move(document), parse_setting(text));
    if (options.seed) document = sim::merged(std::move(document), Json{{"seed", *options.seed}});
    if (options.bench)
        document = sim::merged(std::move(document), Json{{"webhooks", Json{{"enabled", false}}}});
    return document;
}

int run(const Options& options) {
    boost::asio::io_context io(1);
    sim::World world;
    if (const sim::Fault fault = world.configure(settings(options)))
        throw std::runtime_error("settings: " + fault.message());
    sim::Webhooks webhooks(io, world);
    world.on_accepted = [&](std::size_t n) { webhooks.accepted(n); };

    sim::ControlHooks hooks;
    hooks.reset = [&] {
        webhooks.reset();
        world.reset();
    };
    hooks.inbound = [&](const Json& message) { webhooks.inbound(message); };
    hooks.handshake = [&](const Json& which) { webhooks.handshake(which); };
    hooks.webhooks = [&] { return webhooks.state(); };
    Json listening = Json::object();
    std::deque<sim::Server> servers;
    for (const sim::Provider provider : sim::played()) {
        sim::Player& player = world.player(provider);
        const auto& server = servers.emplace_back(io, options.ports[sim::index_of(provider)],
                                                  [&](const sim::Request& request) {
                                                      sim::Reply reply = player.answer(request);
                                                      reply.delay = world.latency();
                                                      return reply;
                                                  });
        listening.set(sim::name_of(provider), server.port());
    }
    sim::Server control(io, options.control_port,
                        [&](const sim::Request& r) { return sim::answer_control(world, hooks, r); });
    listening.set("control", control.port());

    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    std::puts(listening.dump().c_str());
    std::fflush(stdout);
    io.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Plays the providers on local ports, and keeps book of what they accepted");
    Options options;
    app.add_option("--seed", options.seed, "the seed of every fate");
    for (const sim::Provider provider : sim::played())
        app.add_option(std::string("--") + sim::name_of(provider) + "-port",
                       options.ports[sim::index_of(provider)], "the port of its API; 0 takes a free one");
    app.add_option("--control-port", options.control_port, "port for tests: settings, ledger, violations");
    app.add_option("--config", options.config_file, "JSON file whose members replace the default settings");
    app.add_option("--set", options.settings, "one setting, such as meta.access_token=x; may be given again")
        ->take_all();
    app.add_flag("--bench", options.bench, "send no webhooks");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sim: %s\n", error.what());
        return 1;
    }
}

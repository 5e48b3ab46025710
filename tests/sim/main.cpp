// sim - plays Meta, Twilio and MSG91 on local ports. README.md says how to use it.
#include "control.hpp"
#include "http.hpp"
#include "meta.hpp"
#include "msg91.hpp"
#include "text.hpp"
#include "twilio.hpp"
#include "webhooks.hpp"
#include "world.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace {

using dakiya::Json;

struct Options {
    std::optional<std::uint64_t> seed;
    unsigned short meta_port = 0, twilio_port = 0, msg91_port = 0, control_port = 0;
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
    sim::Meta meta(world);
    sim::Twilio twilio(world);
    sim::Msg91 msg91(world);
    sim::Webhooks webhooks(io, world);
    world.on_accepted = [&](std::size_t n) { webhooks.accepted(n); };

    sim::ControlHooks hooks;
    hooks.reset = [&] {
        webhooks.reset();
        world.reset();
        meta.reset();
        msg91.reset();
    };
    hooks.inbound = [&](const Json& message) { webhooks.inbound(message); };
    hooks.handshake = [&] { webhooks.handshake(); };
    hooks.webhooks = [&] { return webhooks.state(); };
    sim::Server meta_server(io, options.meta_port, [&](const sim::Request& r) { return meta.answer(r); });
    sim::Server twilio_server(io, options.twilio_port,
                              [&](const sim::Request& r) { return twilio.answer(r); });
    sim::Server msg91_server(io, options.msg91_port, [&](const sim::Request& r) { return msg91.answer(r); });
    sim::Server control(io, options.control_port,
                        [&](const sim::Request& r) { return sim::answer_control(world, hooks, r); });

    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    std::puts(Json{{"meta", meta_server.port()},
                   {"twilio", twilio_server.port()},
                   {"msg91", msg91_server.port()},
                   {"control", control.port()}}
                  .dump()
                  .c_str());
    std::fflush(stdout);
    io.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Plays Meta, Twilio and MSG91 on local ports, and keeps book of what they accepted");
    Options options;
    app.add_option("--seed", options.seed, "the seed of every fate");
    app.add_option("--meta-port", options.meta_port, "port of graph.facebook.com; 0 takes a free one");
    app.add_option("--twilio-port", options.twilio_port, "port of api., content. and messaging.twilio.com");
    app.add_option("--msg91-port", options.msg91_port, "port of control.msg91.com");
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

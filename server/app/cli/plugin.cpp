#include <cstdio>
#include <filesystem>

#include "app/cli/commands.hpp"
#include "base/clock.hpp"
#include "plugin/probe.hpp"
#include "plugin/registry.hpp"

namespace dakiya::app {

int list_plugins(const Config& config) {
    plugin::Registry::Options options;
    options.folders = config.plugin_folders;
    options.probe_command = {std::filesystem::read_symlink("/proc/self/exe").string(), "plugin", "inspect",
                             "--probe"};
    options.allow_http = true;
    const SystemClock clock;
    plugin::Registry registry(std::move(options), clock);
    bool all_ok = true;
    for (const auto& loaded : registry.load_all()) {
        std::printf("%-8s %s: %s\n", loaded.ok ? "ok" : "refused", loaded.path.c_str(),
                    loaded.sentence.c_str());
        all_ok = all_ok && loaded.ok;
    }
    for (const auto& provider : registry.providers()) {
        const plugin::Manifest& manifest = provider->manifest();
        std::string channels;
        for (const std::string& channel : manifest.channels)
            channels += (channels.empty() ? "" : ", ") + channel;
        std::printf("%-12s %-24s %-8s %s; %s\n", manifest.id.c_str(), manifest.name.c_str(),
                    manifest.version.c_str(), channels.c_str(),
                    std::string(plugin::to_string(manifest.certainty())).c_str());
    }
    return all_ok ? 0 : 1;
}

int inspect_plugin(const std::string& file, bool for_probe) {
    if (for_probe) return plugin::inspect_main(file);
    const auto manifest = plugin::inspect_in_process(file);
    if (!manifest) return fail(manifest.error());
    std::printf("%s\n", manifest->c_str());
    return 0;
}

}  // namespace dakiya::app

#include "plugin/library.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <vector>  // Boost 1.74's shared_library.hpp uses it with std::filesystem and does not include it

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include "plugin/crypto.hpp"
#include "plugin/text.hpp"

namespace dakiya::plugin {
namespace {

constexpr const char* entry_name = "dakiya_plugin_v1";

// Tables of v1.0 end after these fields (docs/design.md 3.3 rule 7); later fields are tested with DK_HAS.
constexpr std::size_t v1_0_size = offsetof(dk_plugin, extension) + sizeof(dk_plugin::extension);

dk_bytes literal(std::string_view text) { return {text.data(), text.size()}; }

const void* host_extension(dk_bytes id) {
    const std::string_view name = id.size ? std::string_view(id.data, id.size) : std::string_view();
    return name == DK_CRYPTO_ID ? &crypto_table() : nullptr;
}

const dk_host& host() {
    static const dk_host table{sizeof(dk_host), DK_ABI_MINOR, literal("dakiya"), literal(DAKIYA_VERSION),
                               host_extension};
    return table;
}

// The system's words stand at the end of Boost's sentence: "… (dlerror system message: WORDS)".
std::string system_words(std::string_view text, const std::string& path) {
    constexpr std::string_view before = "dlerror system message: ";
    if (const std::size_t at = text.find(before); at != std::string_view::npos) {
        text.remove_prefix(at + before.size());
        text = text.substr(0, text.rfind(')'));
    }
    if (text.substr(0, path.size() + 2) == path + ": ") text.remove_prefix(path.size() + 2);
    return printable(text);
}

Result<boost::dll::shared_library> open(const std::string& path) {
    // Now: a missing symbol is told here instead of ending the process at the first call. Local is what is
    // left without rtld_global. Boost 1.74 has no name for "no delete"; its modes are the system's flags.
    const auto mode = static_cast<boost::dll::load_mode::type>(
        static_cast<int>(boost::dll::load_mode::rtld_now) | RTLD_NODELETE);
    try {
        return boost::dll::shared_library(std::filesystem::absolute(path), mode);
    } catch (const std::filesystem::filesystem_error& e) {
        return invalid({}, "it cannot be loaded: " + system_words(e.what(), path));
    } catch (const std::system_error& e) {
        return invalid({}, "it cannot be loaded: " + system_words(e.what(), path));
    } catch (const std::exception& e) {
        return invalid({}, "its initialisers threw an exception: " + printable(e.what()));
    } catch (...) {
        return invalid({}, "its initialisers threw an exception");
    }
}

Result<const dk_plugin*> call_entry(const boost::dll::shared_library& library) {
    if (!library.has(entry_name))
        return invalid({}, std::string("it has no ") + entry_name +
                               ": it is not a Dakiya plugin, or needs a newer server");
    const dk_plugin* plugin = nullptr;
    try {
        plugin = library.get<const dk_plugin*(const dk_host*)>(entry_name)(&host());
    } catch (...) {
        return invalid({}, "its entry threw an exception, which must not cross the ABI");
    }
    if (!plugin) return invalid({}, "its entry returned null: it does not want to run on this server");
    return plugin;
}

Result<void> check_shape(const dk_plugin& plugin) {
    if (plugin.struct_size < v1_0_size)
        return invalid({}, "its table has " + std::to_string(plugin.struct_size) + " bytes, ABI 1.0 has " +
                               std::to_string(v1_0_size));
    if (!plugin.open || !plugin.close || !plugin.advance)
        return invalid({}, "its table lacks open, close or advance");
    if (!plugin.manifest.data) return invalid({}, "it has no manifest");
    return {};
}

Result<void> check_webhook(const dk_plugin& plugin, const Manifest& manifest) {
    if (!manifest.has_webhook) return {};
    if (!plugin.parse) return invalid({}, "its manifest has a webhook and its table no parse");
    if (!plugin.verify && manifest.webhook_auth != "path")
        return invalid({}, "its table has no verify, so the manifest's webhook.auth must be \"path\"");
    return {};
}

}  // namespace

Result<Library> load_library(const std::string& path) {
    const Result<boost::dll::shared_library> library = open(path);
    if (!library) return library.error();
    const Result<const dk_plugin*> plugin = call_entry(*library);
    if (!plugin) return plugin.error();
    if (const Result<void> sound = check_shape(**plugin); !sound) return sound.error();

    Result<Manifest> manifest = parse_manifest({(*plugin)->manifest.data, (*plugin)->manifest.size});
    if (!manifest) return manifest.error();
    if (const Result<void> fits = check_supported(*manifest); !fits) return fits.error();
    if (const Result<void> sound = check_webhook(**plugin, *manifest); !sound) return sound.error();
    return Library{*plugin, std::move(*manifest)};
}

}  // namespace dakiya::plugin

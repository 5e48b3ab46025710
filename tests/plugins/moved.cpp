// A provider whose settings have changed: version 1 had "zone" ("north", "south", …), version 2 wants
// "region".
#include "dakiya/provider.hpp"

namespace {

using namespace dakiya;

class Moved final : public Connection {
public:
    explicit Moved(const Settings& settings) : region_(settings.text("region")) {}

    Next other(const Turn& turn) const override {
        if (turn.op() != "check") return Connection::other(turn);
        return Next::done().record("account", {{"ok", true}, {"text", "the region is " + region_}});
    }

    static Json migrate(Json settings, std::int64_t version) {
        if (version != 1) throw Fault(DK_BAD_INPUT, "there was no such version");
        const std::string zone = settings.value("zone", "");
        if (zone == "moon") return settings;  // a mistake of the plugin's own
        if (zone != "north" && zone != "south")
            throw Fault(DK_BAD_INPUT, "the zone \"" + zone + "\" has been closed: choose a region");
        settings.erase("zone");
        settings.set("region", zone == "north" ? "eu" : "in");
        return settings;
    }

private:
    std::string region_;
};

constexpr char dakiya_manifest[] = R"({
  "id": "moved", "name": "Moved", "version": "2.0.0", "abi": "1.0", "channels": ["sms"],
  "ops": {"check": {}, "settings.migrate": {}},
  "settings": {"version": 2, "type": "object", "required": ["region", "token"], "properties": {
    "region": {"type": "string", "title": "Region", "enum": ["eu", "in"]},
    "token": {"type": "string", "title": "Token", "x-secret": true}}}})";

}  // namespace

DAKIYA_PLUGIN(Moved)

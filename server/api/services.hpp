// What the resources are made of. Everything must outlive the routes.
#pragma once

#include <string>

#include "api/route.hpp"
#include "audience/import.hpp"
#include "base/clock.hpp"
#include "domain/otp.hpp"
#include "plugin/environment.hpp"
#include "plugin/registry.hpp"
#include "receive/intake.hpp"
#include "security/vault.hpp"
#include "send/service.hpp"
#include "store/blob_folder.hpp"
#include "store/db.hpp"
#include "store/ids.hpp"
#include "store/writer.hpp"

namespace dakiya::api {

// Files that messages carry.
struct MediaFiles {
    store::BlobFolder folder;
    std::int64_t most_bytes = 100LL << 20;  // of one
    std::int64_t tenant_bytes = 0;          // of all of a tenant; 0: no limit
};

struct Services {
    store::Database& db;
    store::Writer& writer;
    store::Ids& ids;
    plugin::Registry& registry;
    security::Vault& vault;
    send::Service& send;
    receive::Intake& intake;
    audience::Imports& imports;
    const Clock& clock;

    std::string version;        // of this server, for the OpenAPI document
    std::string public_url;     // "https://dakiya.example" without a slash at the end; empty: not known
    std::string import_folder;  // where customer files wait; on the file system of the spool folder
    int in_flight = 0;          // most messages of campaigns that are on their way here; 0: not known
    plugin::Environment environment = {};  // what the operator gives to connections
    domain::OtpLimits otp_limits = {};
    MediaFiles media = {};
};

// What a route runs: its handler, with the services.
inline auto bound(Services& services, Result<Response> (*handler)(Services&, Call&)) {
    return [&services, handler](Call& call) { return handler(services, call); };
}

}  // namespace dakiya::api

// A tenant's view. Every function that reads or writes a tenant's rows takes one and puts it into its
// SQL, so no request crosses. Made only from an authenticated key (api/auth), from a row that names its
// tenant (engines), or by the operator's command line.
#pragma once

#include "base/id.hpp"

namespace dakiya::store {

struct Scope {
    Id tenant = 0;
};

}  // namespace dakiya::store

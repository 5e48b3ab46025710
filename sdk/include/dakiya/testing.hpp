// dakiya/testing.hpp - plays cases inside a test. Needs OpenSSL::Crypto and threads; see sdk/README.md.
//
//   testing::Plugin plugin("plugins/acme.so");
//   testing::Schemas schemas("sdk/schema");
//   testing::Report report = testing::Conformance(plugin, testing::read_cases("cases"), &schemas).run();
#ifndef DAKIYA_TESTING_HPP
#define DAKIYA_TESTING_HPP

#include "dakiya/testing/case.hpp"
#include "dakiya/testing/conformance.hpp"
#include "dakiya/testing/library.hpp"
#include "dakiya/testing/play.hpp"
#include "dakiya/testing/schema.hpp"

#endif

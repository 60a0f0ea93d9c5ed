// The tables and views of contacts2.db.
#pragma once

namespace lifeboat::sim::android {

extern const char* const contacts_schema;

}  // namespace lifeboat::sim::android

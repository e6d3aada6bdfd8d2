/* Writes an OM response as the imsout document that type-2 clients read. */
#pragma once

#include "gateway/operator/om_response.h"

/* The document, NUL-terminated, to be freed by the caller; NULL when memory is short. Whatever came from outside is escaped, and
 * bytes that XML 1.0 cannot hold are shown as dots. */
MUST_CHECK char *om_xml_document(const struct om_response *response, size_t *size);

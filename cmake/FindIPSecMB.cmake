# Finds Intel's Multi-Buffer library (several SHA-1 or SHA-256 at once; x86-64 only) and offers it as IPSecMB::ipsec_mb.
find_path(IPSECMB_INCLUDE_DIR intel-ipsec-mb.h)
find_library(IPSECMB_LIBRARY IPSec_MB)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(IPSecMB REQUIRED_VARS IPSECMB_LIBRARY IPSECMB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libipsec-mb-dev")
if(IPSecMB_FOUND AND NOT TARGET IPSecMB::ipsec_mb)
  add_library(IPSecMB::ipsec_mb UNKNOWN IMPORTED)
  set_target_properties(IPSecMB::ipsec_mb PROPERTIES IMPORTED_LOCATION "${IPSECMB_LIBRARY}"
                                                     INTERFACE_INCLUDE_DIRECTORIES "${IPSECMB_INCLUDE_DIR}")
endif()

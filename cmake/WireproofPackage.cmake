# What a package has besides the program: the manual page and what completes words in a shell, both
# made by the program itself (the target wireproof_manual), and what CPack has to know.

set(manual "${PROJECT_BINARY_DIR}/manual")
add_custom_command(
  OUTPUT "${manual}/wireproof.1.gz" "${manual}/wireproof" "${manual}/_wireproof"
         "${manual}/wireproof.fish" "${manual}/changelog.gz"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${manual}"
  COMMAND "$<TARGET_FILE:wireproof>" manual | gzip -9n > "${manual}/wireproof.1.gz"
  COMMAND "$<TARGET_FILE:wireproof>" completion bash > "${manual}/wireproof"
  COMMAND "$<TARGET_FILE:wireproof>" completion zsh > "${manual}/_wireproof"
  COMMAND "$<TARGET_FILE:wireproof>" completion fish > "${manual}/wireproof.fish"
  COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/package/changelog" > "${manual}/changelog.gz"
  DEPENDS wireproof "${PROJECT_SOURCE_DIR}/package/changelog"
  VERBATIM)
add_custom_target(wireproof_manual DEPENDS "${manual}/wireproof.1.gz")

# OPTIONAL: who installs from a build folder need not make them.
install(FILES "${manual}/wireproof.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" OPTIONAL)
install(FILES "${manual}/wireproof" OPTIONAL
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${manual}/_wireproof" OPTIONAL
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
install(FILES "${manual}/wireproof.fish" OPTIONAL
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(FILES "${manual}/changelog.gz" DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
install(FILES package/copyright DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES package/apparmor DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wireproof)
set(CPACK_PACKAGE_CONTACT "wireproof maintainers <maintainers@wireproof.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "network lab sheets, run and proved on the wire
A sheet is one Markdown file: prose, a session of client calls, and tables of
what must be seen. wireproof starts the server, plays the session over real
sockets in a private network, captures the loopback meanwhile, joins the
packets to the socket calls that caused them, judges the capture by the
tables, and prints the annotated packet table and a verdict.")
include(CPack)

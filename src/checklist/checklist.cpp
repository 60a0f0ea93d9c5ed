// Placeholder so that the target exists; replaced by the module's first file.

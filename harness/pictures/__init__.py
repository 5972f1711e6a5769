"""Pictures of point clouds: sheets to print, pages to turn, files for a 3-D viewer."""

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ConfigValidators asks for exactly one kind of source.
func (archiveFile) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(
			path.MatchRoot("source"),
			path.MatchRoot("source_content_filename"),
			path.MatchRoot("source_file"),
			path.MatchRoot("source_dir"),
		),
	}
}

// Schema has every attribute and block of hashicorp/archive 2.7.1's data source, so that one
// configuration fits both.
func (archiveFile) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, Description: description}
	}
	response.Schema = schema.Schema{
		Description: "Makes a zip from content, a file or a directory, while Terraform plans.",
		Attributes: map[string]schema.Attribute{
			"type": schema.StringAttribute{Required: true, Description: "The type of archive: \"zip\"."},
			"source_content": schema.StringAttribute{
				Optional:    true,
				Description: "The content of the only file of the archive, named source_content_filename.",
				Validators:  []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("source_content_filename"))},
			},
			"source_content_filename": schema.StringAttribute{Optional: true, Description: "The name of the file with source_content."},
			"source_file":             schema.StringAttribute{Optional: true, Description: "The file to archive."},
			"source_dir":              schema.StringAttribute{Optional: true, Description: "The directory whose contents to archive."},
			"excludes": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				Description: "Paths relative to source_dir, or doublestar patterns for them, to leave out.",
				Validators: []validator.Set{setvalidator.ConflictsWith(
					path.MatchRoot("source_file"),
					path.MatchRoot("source_content"),
					path.MatchRoot("source_content_filename"),
				)},
			},
			"exclude_symlink_directories": schema.BoolAttribute{
				Optional:    true,
				Description: "Whether to leave out symbolic links to directories. Default false.",
			},
			"output_path": schema.StringAttribute{Required: true, Description: "Where to write the archive."},
			"output_file_mode": schema.StringAttribute{
				Optional:    true,
				Description: "The octal mode of every archived file or file of a directory, for example \"0644\". Default each file's own.",
			},
			"id":                  computed("The SHA-1 checksum of the archive, in hex."),
			"output_size":         schema.Int64Attribute{Computed: true, Description: "The size of the archive in bytes."},
			"output_sha":          computed("The SHA-1 checksum of the archive, in hex."),
			"output_sha256":       computed("The SHA-256 checksum of the archive, in hex."),
			"output_base64sha256": computed("The SHA-256 checksum of the archive, in base64."),
			"output_sha512":       computed("The SHA-512 checksum of the archive, in hex."),
			"output_base64sha512": computed("The SHA-512 checksum of the archive, in base64."),
			"output_md5":          computed("The MD5 checksum of the archive, in hex."),
		},
		Blocks: map[string]schema.Block{
			"source": schema.SetNestedBlock{
				Description: "One file of the archive, with literal content.",
				NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
					"content":  schema.StringAttribute{Required: true, Description: "The content of the file."},
					"filename": schema.StringAttribute{Required: true, Description: "The path of the file inside the archive."},
				}},
			},
		},
	}
}

wp.blocks.registerBlockType("pressbox-test/meter", {
  edit: ({ attributes }) => wp.element.createElement("p", wp.blockEditor.useBlockProps(), `Meter, goal ${attributes.goal}`),
  save: () => null,
});

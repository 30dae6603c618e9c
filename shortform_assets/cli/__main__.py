from shortform_assets.cli.main import main

main()

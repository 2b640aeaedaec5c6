<?php
class WP_Locale {}
